using DandelionMl.Classification;
using DandelionMl.Storage;

namespace DandelionMl.Testing;

/// <summary>Creates predictions for tests.</summary>
public static class FakePrediction
{
    // What rounding leaves of a sum of floats.
    private const float Tolerance = 1e-3f;

    /// <summary>Makes the prediction that version 1 makes of a photo; <c>with { ModelVersion = 2 }</c> for another version.</summary>
    /// <param name="photo">The photo's bytes.</param>
    /// <param name="classes">The classes and their probabilities, which add up to 1; in any order.</param>
    /// <exception cref="ArgumentException">There is no class, one is given twice, or the probabilities do not add up to 1.</exception>
    public static Prediction Of(ReadOnlyMemory<byte> photo, params IReadOnlyList<(string Label, float Probability)> classes) =>
        new() { Probabilities = Check(classes), ModelVersion = 1, Sha256 = ContentHash.Of(photo.Span) };

    /// <returns>The classes, the most probable first.</returns>
    internal static IReadOnlyList<ClassProbability> Check(IReadOnlyList<(string Label, float Probability)> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.DistinctBy(item => item.Label).Count() < classes.Count)
        {
            throw new ArgumentException("A class is given twice.", nameof(classes));
        }

        var sum = classes.Sum(item => item.Probability);
        if (Math.Abs(sum - 1) > Tolerance || classes.Any(item => item.Probability is < 0 or > 1))
        {
            throw new ArgumentException($"The probabilities must be 0 to 1 and add up to 1, not to {sum}.", nameof(classes));
        }

        return [.. classes.OrderByDescending(item => item.Probability).Select(item => new ClassProbability(item.Label, item.Probability))];
    }
}
