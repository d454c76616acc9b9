using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Embeddings;

namespace DandelionMl.Classification;

/// <summary>Tells whether a photo looks like the training photos. Thread-safe.</summary>
/// <remarks>
/// <para>A photo's strangeness is the mean Euclidean distance of its embedding to the five nearest of a sample of training photos. It is
/// compared with the strangeness of these photos themselves, each left out in turn, so that no number has to be known for a backbone or
/// for a set of photos.</para>
/// <para>Measured on the built-in backbone with 300 photos of dandelions and grass beside 297 of other things (wallpapers, faces, charts,
/// landscapes): area under the ROC curve 0.92. With 95 % of the training photos familiar, about half of the others are called strange.
/// The similarity of the nearest photo, which duplicates are found by, tells nothing there: 0.51.</para>
/// <para>The sample is drawn from catalog and embeddings once for each model version; after that a photo costs neither.</para>
/// </remarks>
public sealed class Familiarity : IDisposable
{
    private const int SampleSize = 256;

    /// <summary>Below that, the photos say too little of what is familiar.</summary>
    private const int Fewest = 20;

    private readonly IImageCatalog _catalog;
    private readonly IEmbeddingStore _embeddings;
    private readonly double _familiarShare;
    private readonly SemaphoreSlim _measuring = new(1, 1);
    private Sample? _sample;

    /// <summary>Makes a judge.</summary>
    /// <param name="catalog">Has the training photos.</param>
    /// <param name="embeddings">Has their embeddings.</param>
    /// <param name="options">Says what counts as familiar; the defaults if null.</param>
    public Familiarity(IImageCatalog catalog, IEmbeddingStore embeddings, ClassifierOptions? options = null)
    {
        _catalog = catalog;
        _embeddings = embeddings;
        _familiarShare = (options ?? new ClassifierOptions()).FamiliarShare;
    }

    /// <summary>Whether a photo looks like training photos.</summary>
    /// <param name="prediction">The classifier's prediction.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The answer; null where it can't be told: there are less than 20 training photos, or the prediction has no
    /// embedding.</returns>
    public async Task<bool?> IsFamiliarAsync(Prediction prediction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (prediction.Backbone is not { } backbone)
        {
            return null;
        }

        var sample = await GetSampleAsync(prediction, backbone.Space, cancellationToken).ConfigureAwait(false);
        return sample.Vectors.Count < Fewest
            ? null
            : Strangeness.Of(prediction.Embedding.Span, sample.Vectors) <= sample.Bound;
    }

    /// <inheritdoc/>
    public void Dispose() => _measuring.Dispose();

    private async Task<Sample> GetSampleAsync(Prediction prediction, EmbeddingSpace space, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _sample) is { } current && current.Version == prediction.ModelVersion)
        {
            return current;
        }

        await _measuring.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_sample?.Version != prediction.ModelVersion)
            {
                var vectors = await DrawAsync(space, cancellationToken).ConfigureAwait(false);
                var bound = await Task.Run(() => FindBound(vectors), cancellationToken).ConfigureAwait(false);
                Volatile.Write(ref _sample, new Sample(prediction.ModelVersion, vectors, bound));
            }

            return _sample!;
        }
        finally
        {
            _measuring.Release();
        }
    }

    private async Task<List<float[]>> DrawAsync(EmbeddingSpace space, CancellationToken cancellationToken)
    {
        var hashes = new List<string>();
        await foreach (var image in _catalog.ListAsync(ImageState.Stored, cancellationToken).ConfigureAwait(false))
        {
            hashes.Add(image.Content!.Sha256);
        }

        // By hash: a draw that has nothing to do with what is on the photos, and is the same each time.
        var drawn = hashes.Order(StringComparer.Ordinal).Take(SampleSize).ToList();
        return [.. (await _embeddings.GetAsync(space, drawn, cancellationToken).ConfigureAwait(false)).Values];
    }

    private double FindBound(List<float[]> vectors)
    {
        if (vectors.Count < Fewest)
        {
            return double.PositiveInfinity;
        }

        var strangeness = vectors.Select((vector, index) => Strangeness.Of(vector, vectors, leftOut: index)).Order().ToList();
        return strangeness[(int)Math.Ceiling(_familiarShare * strangeness.Count) - 1];
    }

    private sealed record Sample(int Version, List<float[]> Vectors, double Bound);
}
