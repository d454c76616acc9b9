using DandelionMl.Embeddings;
using DandelionMl.Registry;

namespace DandelionMl.Training.LearningCurves;

/// <summary>The learning curve of the photos that the newest version was made of, by the embeddings that are kept of them. Computed when it is asked
/// for first, and kept until there is another version. Thread-safe; of several that ask at a time, one computes.</summary>
internal sealed class LearningCurveReader(IModelRegistry registry, IEmbeddingStore embeddings) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private LearningCurve? _last;

    /// <summary>The curve.</summary>
    /// <param name="cancellationToken">Cancels before the next iteration of a fit; nothing is kept then.</param>
    /// <exception cref="InsufficientTrainingDataException">There is no version, or it has too few photos.</exception>
    public async Task<LearningCurve> GetAsync(CancellationToken cancellationToken = default)
    {
        var newest = (await registry.ListAsync(cancellationToken).ConfigureAwait(false)).MaxBy(model => model.Version)
            ?? throw new InsufficientTrainingDataException("The learning curve is of the photos of the newest model version, and there is none yet: train first.");
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _last = _last?.ModelVersion == newest.Version ? _last : await MeasureAsync(newest, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<LearningCurve> MeasureAsync(ModelVersion model, CancellationToken cancellationToken)
    {
        var manifest = await registry.LoadManifestAsync(model.Version, cancellationToken).ConfigureAwait(false);
        var kept = (await embeddings.ReadAsync(model.Space, [.. manifest.Images.Select(image => image.Sha256)], cancellationToken).ConfigureAwait(false)).Rows;
        List<LabelledEmbedding> images =
        [
            .. manifest.Images.Where(image => kept.ContainsKey(image.Sha256))
                .Select(image => new LabelledEmbedding(image.Sha256, image.Label, kept[image.Sha256]) { Leader = image.Leader ?? image.Sha256 }),
        ];
        var curve = await Task.Run(() => LearningCurveFit.Run(images, cancellationToken), cancellationToken).ConfigureAwait(false);
        return curve with { ModelVersion = model.Version, Gone = manifest.Images.Count - images.Count };
    }
}
