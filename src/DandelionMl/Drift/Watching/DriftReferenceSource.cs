using System.Numerics.Tensors;
using DandelionMl.Drift.Detection;
using DandelionMl.Embeddings;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Drift.Watching;

/// <summary>Makes the reference of a version from its manifest and the embeddings that are kept. The last one made is remembered.
/// Thread-safe.</summary>
internal sealed class DriftReferenceSource(IModelRegistry registry, IEmbeddingStore embeddings) : IDisposable
{
    private const int Trained = 256;
    private const int HeldOut = 1_000;

    private readonly SemaphoreSlim _making = new(1, 1);
    private (int Version, DriftReference Reference)? _last;

    /// <returns>The reference; null if the version is not in the registry.</returns>
    /// <exception cref="DandelionMlException">The database or the store does not answer, or the version's artifact is damaged.</exception>
    public async Task<DriftReference?> GetAsync(int version, CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last?.Version != version)
            {
                if (await MakeAsync(version, cancellationToken).ConfigureAwait(false) is not { } made)
                {
                    return null;
                }

                _last = (version, made);
            }

            return _last.Value.Reference;
        }
        finally
        {
            _making.Release();
        }
    }

    public void Dispose() => _making.Dispose();

    private async Task<DriftReference?> MakeAsync(int version, CancellationToken cancellationToken)
    {
        if (await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) is not { } model)
        {
            return null;
        }

        var manifest = await registry.LoadManifestAsync(version, cancellationToken).ConfigureAwait(false);
        var trained = await DrawAsync(model, manifest, DataSplit.Train, Trained, cancellationToken).ConfigureAwait(false);
        var heldOut = await DrawAsync(model, manifest, DataSplit.Test, HeldOut, cancellationToken).ConfigureAwait(false);
        var artifact = await registry.LoadArtifactAsync(version, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Make(model, artifact, trained, heldOut, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static DriftReference Make(
        ModelVersion model, ModelArtifact artifact, List<float[]> trained, List<float[]> heldOut, CancellationToken cancellationToken)
    {
        // Ten files of one scene say no more of what is usual than one does.
        var leaders = model.Metrics.DuplicateThreshold is { } threshold
            ? NearDuplicates.FindLeaders([.. heldOut], threshold, cancellationToken)
            : [.. Enumerable.Range(0, heldOut.Count)];
        var head = LinearHead.From(artifact);
        return new DriftReference(
            trained,
            [.. leaders.Distinct().Select(index => (Label(artifact, head.Classify(heldOut[index])), heldOut[index]))]);
    }

    private static string Label(ModelArtifact artifact, float[] probabilities) =>
        artifact.Labels[TensorPrimitives.IndexOfMax<float>(probabilities)];

    /// <summary>Draws by hash, which has nothing to do with what is on the photos.</summary>
    private async Task<List<float[]>> DrawAsync(
        ModelVersion model, TrainingManifest manifest, DataSplit split, int most, CancellationToken cancellationToken)
    {
        var drawn = manifest.Images.Where(image => image.Split == split).Select(image => image.Sha256).Order(StringComparer.Ordinal).Take(most).ToList();
        var kept = await embeddings.GetAsync(model.Space, drawn, cancellationToken).ConfigureAwait(false);
        return [.. drawn.Select(hash => kept.GetValueOrDefault(hash)).OfType<float[]>()];
    }
}
