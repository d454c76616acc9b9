using System.Numerics.Tensors;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Embeddings;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>Tells whether a photo looks like anything that was learned from. Thread-safe.</summary>
/// <remarks>
/// <para>A photo's strangeness is the mean Euclidean distance of its embedding to the five nearest of a sample of training photos. It is
/// compared with the strangeness of these photos themselves, each left out in turn, so that no number has to be known for a backbone or
/// for a set of photos.</para>
/// <para>Measured on the built-in backbone with 300 photos of dandelions and grass beside 297 of other things (wallpapers, faces, charts,
/// landscapes): area under the ROC curve 0.92. With 95 % of the training photos familiar, about half of the others are called strange.
/// The similarity of the nearest photo, which duplicates are found by, tells nothing there: 0.51.</para>
/// </remarks>
internal sealed class Familiarity(IImageCatalog catalog, IEmbeddingStore embeddings, IOptions<DandelionMlWebOptions> options) : IDisposable
{
    private const int SampleSize = 256;
    private const int Neighbours = 5;

    /// <summary>Below that, the photos say too little of what is familiar.</summary>
    private const int Fewest = 20;

    private readonly SemaphoreSlim _measuring = new(1, 1);
    private Sample? _sample;

    /// <summary>Whether a photo looks like training photos; true as well where there are too few of them to tell.</summary>
    public async Task<bool> IsFamiliarAsync(Prediction prediction, CancellationToken cancellationToken)
    {
        var sample = await GetSampleAsync(prediction, cancellationToken);
        return sample.Vectors.Count < Fewest || Strangeness(prediction.Embedding.Span, sample.Vectors, leftOut: -1) <= sample.Bound;
    }

    public void Dispose() => _measuring.Dispose();

    private async Task<Sample> GetSampleAsync(Prediction prediction, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _sample) is { } current && current.Version == prediction.ModelVersion)
        {
            return current;
        }

        await _measuring.WaitAsync(cancellationToken);
        try
        {
            if (_sample?.Version != prediction.ModelVersion)
            {
                var vectors = await DrawAsync(prediction.Backbone!.Space, cancellationToken);
                var bound = await Task.Run(() => FindBound(vectors), cancellationToken);
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
        await foreach (var image in catalog.ListAsync(ImageState.Stored, cancellationToken))
        {
            hashes.Add(image.Content!.Sha256);
        }

        // By hash: a draw that has nothing to do with what is on the photos, and is the same each time.
        var drawn = hashes.Order(StringComparer.Ordinal).Take(SampleSize).ToList();
        return [.. (await embeddings.GetAsync(space, drawn, cancellationToken)).Values];
    }

    private double FindBound(List<float[]> vectors)
    {
        if (vectors.Count < Fewest)
        {
            return double.PositiveInfinity;
        }

        var strangeness = vectors.Select((vector, index) => Strangeness(vector, vectors, index)).Order().ToList();
        return strangeness[(int)Math.Ceiling(options.Value.Pages.FamiliarShare * strangeness.Count) - 1];
    }

    private static double Strangeness(ReadOnlySpan<float> vector, List<float[]> others, int leftOut)
    {
        Span<float> nearest = stackalloc float[Neighbours + 1];
        nearest.Fill(float.PositiveInfinity);
        for (var index = 0; index < others.Count; index++)
        {
            if (index != leftOut)
            {
                // The last place is the one to be dropped.
                nearest[Neighbours] = TensorPrimitives.Distance(vector, others[index]);
                nearest.Sort();
            }
        }

        return TensorPrimitives.Sum(nearest[..Neighbours]) / Neighbours;
    }

    private sealed record Sample(int Version, List<float[]> Vectors, double Bound);
}
