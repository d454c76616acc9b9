using System.Numerics.Tensors;
using DandelionMl.Embeddings;

namespace DandelionMl.Registry;

/// <summary>Where the embeddings of a model's training photos lie: about their mean, so and so far along the few directions in which they vary
/// most. A photo that is farther from there than nearly all others of the kind is unknown to the model. Immutable and
/// thread-safe.</summary>
/// <remarks>Most of the distance is the residual to the principal subspace, as in ViM (Wang, Li, Feng and Zhang 2022, "ViM: Out-Of-Distribution
/// with Virtual-logit Matching"); the rest is how far a photo goes beyond the others within it. The region keeps no photo's embedding, so that
/// an erased photo leaves nothing behind but its share in a mean and in the directions.</remarks>
internal sealed record FamiliarRegion
{
    /// <summary>The mean embedding of the training photos.</summary>
    public required float[] Mean { get; init; }

    /// <summary>Directions of length one, orthogonal to one another, one after the other, each as long as <see cref="Mean"/>; there may be
    /// none.</summary>
    public required float[] Directions { get; init; }

    /// <summary>How far the region extends along each direction, to both sides of the mean.</summary>
    public required float[] Extents { get; init; }

    /// <summary>Whether embeddings are brought to length one first.</summary>
    public required bool IsScaled { get; init; }

    /// <summary>The largest distance of a photo that is known.</summary>
    public required float Bound { get; init; }

    /// <summary>Whether a photo is like those that the model was trained on; null where its embedding is not of finite numbers.</summary>
    /// <param name="embedding">Its embedding, as long as <see cref="Mean"/>.</param>
    public bool? Knows(ReadOnlySpan<float> embedding) => DistanceOf(embedding) is var distance && float.IsFinite(distance) ? distance <= Bound : null;

    /// <summary>The distance of a photo from the region, 0 or more.</summary>
    /// <param name="embedding">Its embedding, as long as <see cref="Mean"/>.</param>
    public float DistanceOf(ReadOnlySpan<float> embedding)
    {
        var rest = Place(embedding, IsScaled);
        TensorPrimitives.Subtract(rest, Mean, rest);
        var beyond = 0f;
        for (var index = 0; index < Extents.Length; index++)
        {
            var direction = Directions.AsSpan(index * Mean.Length, Mean.Length);
            var along = TensorPrimitives.Dot(direction, rest);
            TensorPrimitives.MultiplyAdd(direction, -along, rest, rest);
            var excess = Math.Max(Math.Abs(along) - Extents[index], 0);
            beyond += excess * excess;
        }

        return MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(rest) + beyond);
    }

    /// <summary>A copy of an embedding, brought to length one where that is asked for.</summary>
    public static float[] Place(ReadOnlySpan<float> embedding, bool isScaled) => isScaled ? Direction.Of(embedding) : embedding.ToArray();

    /// <summary>Whether the two are the same to the bit.</summary>
    public bool Equals(FamiliarRegion? other) =>
        other is not null && IsScaled == other.IsScaled && Bound.Equals(other.Bound)
        && Mean.AsSpan().SequenceEqual(other.Mean) && Directions.AsSpan().SequenceEqual(other.Directions) && Extents.AsSpan().SequenceEqual(other.Extents);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsScaled, Bound, Mean.Length, Directions.Length);
}
