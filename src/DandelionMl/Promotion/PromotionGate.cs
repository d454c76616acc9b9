using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Promotion;

/// <summary>The library's own gate: a candidate becomes the champion only if it is better, or has seen more and is not worse.</summary>
/// <remarks>
/// <para>By itself a candidate must reach the floors of <see cref="PromotionGateOptions"/>, on its test images. The first model is held
/// to nothing else.</para>
/// <para>Near-duplicates of one class are one photo in all counts, those of the floors, of the tests and of the training images: a thousand
/// frames of one scene are no thousand tests, and a copy is no new data. A model is right on a photo if it is right on more than half of
/// its images. What counts as a near-duplicate is the backbone's own <see cref="Backbones.BackboneInfo.DuplicateThreshold"/>, as it was when
/// the candidate was trained. A version of an application's own that was registered without it has its images counted one by one.</para>
/// <para>Beside the champion, both answer the same images: the candidate's test images, less those that the champion was trained on (few,
/// since the split goes by content). A model is right where the name of its class is the image's label. So a class that the champion
/// does not know counts as wrong for it: that the candidate knows one more is a gain. A class of the champion that the candidate does
/// not know is refused, since its photos would all be given a wrong label; a person may still promote it. Each class needs enough
/// images here, too.</para>
/// <para>Overall, by McNemar's exact test, one-sided: significantly more wins than losses is better. Fewer wins than losses is worse,
/// significantly or not. All between is a tie, which goes to the candidate only if it was trained on more images, and lost nothing or
/// so little for sure that its accuracy is at most <see cref="PromotionGateOptions.MaximumLoss"/> lower: that, not the lack of proof,
/// is what "not worse" means here. To refuse only what is significantly worse would let through nearly every candidate that is a
/// little worse, each week anew, since on 90 images even 4 losses without a win prove nothing.</para>
/// <para>What this attains: a candidate that has seen no more data and is equal, or worse in any degree, is promoted in at most 5 of 100
/// cases, on however few images, since it needs the proof of being better. One that has seen more data and is worse by the maximum loss
/// is promoted in about as many at most; on enough images, also where it is less worse: of 1,000 simulated heads, those worse by 2
/// points or more passed in 2 of 100 cases or fewer on 90, 300 and 1,000 test images, those worse by 1 to 2 points in 7, 22 and 6, those
/// worse by
/// half a point or less, which hardly any test can tell from equal ones, in 35 to 52.</para>
/// <para>By class, none may be significantly worse, after Holm's correction for their number, which keeps false refusals of an equal
/// candidate below 5 of 100 in all. It guards against a class that is given up for the sum.</para>
/// <para>New labels: of the photos that the champion never saw, on either side, it may not contradict significantly more than a share.
/// A batch of wrong labels hardly moves a linear head that has hundreds of right ones, and those of them that are test images speak for
/// whoever learned the mistake, so no comparison of the two models finds it; the champion, which did not learn it, does.</para>
/// <para>Over time: images that no version was judged on before speak first, where they are enough to, each of the two tests at half of the
/// level. Images that were used for more than <see cref="PromotionGateOptions.MaximumTestImageUses"/> verdicts on average prove no candidate
/// better any more. The best champion so far is a floor as the champion is, unless a person chose the champion.</para>
/// </remarks>
public sealed class PromotionGate : IPromotionGate
{
    private readonly IModelRegistry _registry;
    private readonly ManifestEmbeddings _embeddings;
    private readonly PromotionGateOptions _options;

    internal PromotionGate(IModelRegistry registry, ManifestEmbeddings embeddings, PromotionGateOptions options) =>
        (_registry, _embeddings, _options) = (registry, embeddings, options);

    /// <inheritdoc/>
    public async Task<GateVerdict> JudgeAsync(
        ModelVersion candidate, ModelVersion? champion, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var floors = GateChecks.Floors(candidate.Metrics, _options);
        if (champion is null)
        {
            return new GateVerdict(ChampionVersion: null, floors, Comparison: null) { Notes = GateChecks.Notes(candidate.Metrics) };
        }

        var manifests = (
            Candidate: await _registry.LoadManifestAsync(candidate.Version, cancellationToken).ConfigureAwait(false),
            Champion: await _registry.LoadManifestAsync(champion.Version, cancellationToken).ConfigureAwait(false));

        // Both are asked about the test images, the champion about the new ones among the training images, too.
        var seen = manifests.Champion.Images.Select(image => image.Sha256).ToHashSet(StringComparer.Ordinal);
        string[] asked = [.. manifests.Candidate.Images.Where(image => image.Split == DataSplit.Test || !seen.Contains(image.Sha256)).Select(image => image.Sha256)];
        var embeddings = await _embeddings.GetAsync(candidate, asked, cancellationToken).ConfigureAwait(false);
        var ofChampion = champion.Space == candidate.Space ? embeddings : await _embeddings.GetAsync(champion, asked, cancellationToken).ConfigureAwait(false);
        var comparison = HeadToHead.Compare(
            await LoadAsync(candidate, manifests.Candidate, embeddings, cancellationToken).ConfigureAwait(false),
            await LoadAsync(champion, manifests.Champion, ofChampion, cancellationToken).ConfigureAwait(false),
            _options,
            await PastVerdicts.ReadAsync(_registry, candidate, champion, manifests.Champion, embeddings, cancellationToken).ConfigureAwait(false));
        return new GateVerdict(
            champion.Version, [.. floors, .. GateChecks.Beside(champion.Version, comparison, _options)], comparison)
        {
            Notes = GateChecks.Notes(candidate.Metrics, champion.Version, comparison),
        };
    }

    private async Task<JudgedModel> LoadAsync(
        ModelVersion model, TrainingManifest manifest, IReadOnlyDictionary<string, ReadOnlyMemory<float>> embeddings, CancellationToken cancellationToken) =>
        JudgedModel.Of(model, await _registry.LoadArtifactAsync(model.Version, cancellationToken).ConfigureAwait(false), manifest, embeddings);
}
