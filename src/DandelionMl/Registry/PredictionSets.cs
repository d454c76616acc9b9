using System.Numerics.Tensors;

namespace DandelionMl.Registry;

/// <summary>Tells which classes a photo may be of, so that its own is among them for a stated share of all photos. Immutable and
/// thread-safe.</summary>
/// <remarks>Split conformal prediction with a bound for each class (Vovk, Gammerman and Shafer 2005; Sadinle, Lei and Wasserman 2019, "Least
/// Ambiguous Set-Valued Classifiers With Bounded Error Levels").</remarks>
internal sealed record PredictionSets
{
    /// <summary>The least probability with which each class is in a set, 0 to 1.</summary>
    public required float[] Bounds { get; init; }

    /// <summary>Share of photos whose own class is in their set, between 0 and 1.</summary>
    public required double Coverage { get; init; }

    /// <summary>Number of distinct photos that the bounds were set on.</summary>
    public required int Photos { get; init; }

    /// <summary>The classes that a photo may be of, the most probable first.</summary>
    /// <param name="probabilities">The probability of every class.</param>
    /// <remarks>The most probable class is always one of them: none would help nobody, and one more only covers more.</remarks>
    public int[] Of(float[] probabilities)
    {
        var first = TensorPrimitives.IndexOfMax<float>(probabilities);
        return
        [
            .. Enumerable.Range(0, probabilities.Length).Where(index => index == first || probabilities[index] >= Bounds[index])
                .OrderByDescending(index => probabilities[index]),
        ];
    }

    /// <summary>Whether the two are the same to the bit.</summary>
    public bool Equals(PredictionSets? other) =>
        other is not null && Coverage.Equals(other.Coverage) && Photos == other.Photos && Bounds.AsSpan().SequenceEqual(other.Bounds);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Coverage, Photos, Bounds.Length);
}
