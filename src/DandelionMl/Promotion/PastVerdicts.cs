using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Promotion;

/// <summary>What the verdicts before one tell of its test images, and which champion was the best.</summary>
/// <param name="Judged">SHA-256 of the images that a version was judged on before.</param>
/// <param name="Uses">How often the images of the last verdict were used, that one included.</param>
/// <param name="Best">The best of the champions before the present one, whose place it may have lost by little again and again; null if there
/// is none to compare with.</param>
internal sealed record PastVerdicts(IReadOnlySet<string> Judged, double Uses, JudgedModel? Best)
{
    /// <summary>Reads what there is.</summary>
    /// <param name="registry">Keeps the versions.</param>
    /// <param name="candidate">The version to be judged.</param>
    /// <param name="champion">The champion.</param>
    /// <param name="ofChampion">Its manifest.</param>
    /// <param name="embeddings">The embeddings of the candidate's images.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<PastVerdicts> ReadAsync(
        IModelRegistry registry, ModelVersion candidate, ModelVersion champion, TrainingManifest ofChampion,
        IReadOnlyDictionary<string, ReadOnlyMemory<float>> embeddings, CancellationToken cancellationToken)
    {
        var versions = await registry.ListAsync(cancellationToken).ConfigureAwait(false);
        var last = versions.Where(version => version.Verdict?.Comparison is not null && version.Version != candidate.Version).MaxBy(version => version.Version);
        var judged = TestImages(ofChampion);
        if (last is not null && last.Version != champion.Version)
        {
            judged.UnionWith(await ReadTestImagesAsync(registry, last.Version, cancellationToken).ConfigureAwait(false));
        }

        var best = last?.Verdict is { } verdict && await IsOfTheGateAsync(registry, champion, cancellationToken).ConfigureAwait(false)
            ? versions.FirstOrDefault(version => version.Version == (verdict.Comparison!.BestVersion ?? verdict.ChampionVersion))
            : null;
        return new PastVerdicts(
            judged, (last?.Verdict?.Comparison?.Uses ?? 0) + 1,
            best is { State: ModelState.Archived } && best.Space == candidate.Space
                ? await TryLoadAsync(registry, best, embeddings, cancellationToken).ConfigureAwait(false)
                : null);
    }

    /// <returns>Null where its artifact is lost or damaged: a candidate is not refused for that.</returns>
    private static async Task<JudgedModel?> TryLoadAsync(
        IModelRegistry registry, ModelVersion model, IReadOnlyDictionary<string, ReadOnlyMemory<float>> embeddings, CancellationToken cancellationToken)
    {
        try
        {
            return JudgedModel.Of(
                model, await registry.LoadArtifactAsync(model.Version, cancellationToken).ConfigureAwait(false),
                await registry.LoadManifestAsync(model.Version, cancellationToken).ConfigureAwait(false), embeddings);
        }
        catch (Exception exception) when (exception is InvalidModelArtifactException or ObjectNotFoundException or ObjectCorruptedException or ModelNotFoundException)
        {
            return null;
        }
    }

    private static async Task<HashSet<string>> ReadTestImagesAsync(IModelRegistry registry, int version, CancellationToken cancellationToken)
    {
        try
        {
            return TestImages(await registry.LoadManifestAsync(version, cancellationToken).ConfigureAwait(false));
        }
        catch (ModelNotFoundException)
        {
            // It was rejected long ago, and deleted in this moment.
            return [];
        }
    }

    /// <summary>Whether the gate made it the champion. Where a person did, or went back to it, the champions before are no measure: there was a
    /// reason.</summary>
    private static async Task<bool> IsOfTheGateAsync(IModelRegistry registry, ModelVersion champion, CancellationToken cancellationToken) =>
        champion.Verdict is { Passed: true }
        && (await registry.ListEventsAsync(champion.Version, cancellationToken).ConfigureAwait(false))
            .Where(change => change.To == ModelState.Champion).MaxBy(change => change.Id) is { Action: not ModelAction.Rollback };

    private static HashSet<string> TestImages(TrainingManifest manifest) =>
        manifest.Images.Where(image => image.Split == DataSplit.Test).Select(image => image.Sha256).ToHashSet(StringComparer.Ordinal);
}
