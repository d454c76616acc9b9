using System.Numerics.Tensors;
using DandelionMl.Embeddings;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>Finds the region of a model's training photos, and how far from it photos of the same kind lie that it was not found on.</summary>
/// <remarks>
/// <para>The bound is set by cross-validation: the region is found on nine tenths of the photos and the distances of the others are taken, ten
/// times over; near-duplicates are on the same side. With n distances, the bound is the one of rank (n + 1) × (1 − the rate of false alarms),
/// rounded up, as in split conformal prediction (Vovk, Gammerman and Shafer 2005). Test photos have no part in it.</para>
/// <para>Embeddings without negative values, as most pretrained networks give, are brought to length one first: they lie in one corner, and
/// their length says little but how much contrast there is. Others keep it: that of the built-in backbone's tells a black frame from a lawn.
/// Measured by the benchmark 'unknowns'.</para>
/// </remarks>
internal static class FamiliarRegionFit
{
    private const int Folds = 10;

    /// <summary>Of more photos, so many are looked at: they say as much, and a training stays a matter of milliseconds.</summary>
    private const int MostPhotos = 1_024;

    /// <summary>With 8 to 32 directions, strangers are told equally well.</summary>
    private const int MostDirections = 16;

    /// <summary>So many photos bear a direction; of fewer, it would fit their noise.</summary>
    private const int PhotosPerDirection = 16;

    /// <summary>What is outside of the directions has to be most of an embedding, or nothing is left to tell strangers by.</summary>
    private const int DimensionsPerDirection = 4;

    /// <summary>Finds the region and its bound.</summary>
    /// <param name="photos">The training photos with their groups of near-duplicates, all embeddings of the same length, in an order that has
    /// nothing to do with what is on them.</param>
    /// <param name="falseAlarmRate">Share of photos of the same kind that may be called unknown, between 0 and 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The region; null where there are too few photos for the rate, such as 18 at 5 %, where all are alike, or where an
    /// embedding is not of finite numbers.</returns>
    public static FamiliarRegion? Find(IReadOnlyList<LabelledEmbedding> photos, double falseAlarmRate, CancellationToken cancellationToken = default)
    {
        var sample = Sample(photos);
        var rank = (int)Math.Ceiling((sample.Count + 1) * (1 - falseAlarmRate));
        if (rank > sample.Count || sample.Any(photo => !TensorPrimitives.IsFiniteAll(photo.Embedding.Span)))
        {
            return null;
        }

        var region = Find([.. sample.Select(photo => photo.Embedding)]);
        var bound = HeldOutDistances(sample, region, cancellationToken).Order().ElementAt(rank - 1);
        return IsMoreThanRounding(bound, region) ? region with { Bound = bound } : null;
    }

    /// <summary>Finds the region without a bound.</summary>
    /// <param name="photos">At least one embedding.</param>
    public static FamiliarRegion Find(IReadOnlyList<float[]> photos) => Find([.. photos.Select(photo => new ReadOnlyMemory<float>(photo))]);

    private static FamiliarRegion Find(IReadOnlyList<ReadOnlyMemory<float>> photos) => Find(
        photos,
        directions: Math.Min(MostDirections, Math.Min(photos.Count / PhotosPerDirection, photos[0].Length / DimensionsPerDirection)),
        isScaled: photos.All(photo => TensorPrimitives.Min(photo.Span) >= 0));

    private static FamiliarRegion Find(IReadOnlyList<ReadOnlyMemory<float>> photos, int directions, bool isScaled)
    {
        float[][] placed = [.. photos.Select(photo => FamiliarRegion.Place(photo.Span, isScaled))];
        var mean = MeanOf(placed);
        foreach (var photo in placed)
        {
            TensorPrimitives.Subtract(photo, mean, photo);
        }

        var basis = LeadingSubspace.Of(placed, directions).Basis;
        return new FamiliarRegion
        {
            Mean = mean,
            Directions = [.. basis.SelectMany(direction => direction)],
            Extents = [.. basis.Select(direction => DeviationAlong(direction, placed))],
            IsScaled = isScaled,
            Bound = float.PositiveInfinity,
        };
    }

    /// <summary>The distance of each photo from the region of the folds that it is not in.</summary>
    private static float[] HeldOutDistances(IReadOnlyList<LabelledEmbedding> photos, FamiliarRegion ofAll, CancellationToken cancellationToken)
    {
        var foldOf = photos.Select(photo => photo.Leader).Distinct(StringComparer.Ordinal).Index()
            .ToDictionary(scene => scene.Item, scene => scene.Index % Folds, StringComparer.Ordinal);
        var distances = new float[photos.Count];
        Parallel.For(0, Folds, new ParallelOptions { CancellationToken = cancellationToken }, fold =>
        {
            ReadOnlyMemory<float>[] others = [.. photos.Where(photo => foldOf[photo.Leader] != fold).Select(photo => photo.Embedding)];
            var region = others.Length == 0 ? null : Find(others, ofAll.Extents.Length, ofAll.IsScaled);
            for (var index = 0; index < photos.Count; index++)
            {
                if (foldOf[photos[index].Leader] == fold)
                {
                    // Where all photos are near-duplicates of one there is nothing to compare them with.
                    distances[index] = region?.DistanceOf(photos[index].Embedding.Span) ?? 0;
                }
            }
        });

        return distances;
    }

    private static IReadOnlyList<LabelledEmbedding> Sample(IReadOnlyList<LabelledEmbedding> photos) => photos.Count <= MostPhotos
        ? photos
        : [.. Enumerable.Range(0, MostPhotos).Select(index => photos[(int)((long)index * photos.Count / MostPhotos)])];

    /// <summary>The standard deviation along a direction, to which the region extends to both sides.</summary>
    private static float DeviationAlong(float[] direction, float[][] centred) =>
        MathF.Sqrt(centred.Average(photo => MathF.Pow(TensorPrimitives.Dot<float>(direction, photo), 2)));

    private static float[] MeanOf(float[][] photos)
    {
        var mean = new float[photos[0].Length];
        foreach (var photo in photos)
        {
            TensorPrimitives.Add(mean, photo, mean);
        }

        TensorPrimitives.Divide(mean, photos.Length, mean);
        return mean;
    }

    /// <summary>Whether photos differ: among photos that are all alike, the next rounding error would be a stranger.</summary>
    private static bool IsMoreThanRounding(float bound, FamiliarRegion region) =>
        float.IsFinite(bound) && bound > 1e-4f * TensorPrimitives.Norm<float>(region.Mean);
}
