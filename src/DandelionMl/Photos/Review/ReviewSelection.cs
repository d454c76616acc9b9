using System.Numerics.Tensors;

namespace DandelionMl.Photos;

/// <summary>Orders photos so that each is worth most to the model: uncertain, and unlike those seen just before.</summary>
/// <remarks>Margin sampling (Scheffer, Decomain and Wrobel 2001) weighted by the distance to the nearest photo already chosen, as in
/// k-center greedy (Sener and Savarese 2018): of ten near-copies the first is worth its uncertainty, the others next to nothing.
/// A share is drawn at random instead, so that the test images are not only hard ones.</remarks>
internal static class ReviewSelection
{
    /// <summary>Orders candidates.</summary>
    /// <param name="candidates">The photos to choose from.</param>
    /// <param name="seen">Directions of the photos reviewed just before.</param>
    /// <param name="count">How many to choose.</param>
    /// <param name="firstSlot">Number of photos that were chosen ever before: every 1/<paramref name="randomShare"/>-th is drawn at
    /// random.</param>
    /// <param name="randomShare">Share drawn at random, 0 to 1.</param>
    public static List<ChosenCandidate> Choose(
        IReadOnlyCollection<ReviewCandidate> candidates, IEnumerable<float[]> seen, int count, long firstSlot, double randomShare)
    {
        var left = candidates.ToDictionary(candidate => candidate, _ => 1f);
        foreach (var direction in seen)
        {
            MoveAway(left, direction);
        }

        var chosen = new List<ChosenCandidate>(count);
        for (var slot = firstSlot; chosen.Count < count && left.Count > 0; slot++)
        {
            var isRandom = Math.Floor((slot + 1) * randomShare) > Math.Floor(slot * randomShare);
            var next = isRandom
                ? left.Keys.MinBy(candidate => candidate.RandomRank, StringComparer.Ordinal)!
                : left.OrderByDescending(item => (1 - item.Key.Margin) * item.Value).ThenBy(item => item.Key.ImageId).First().Key;
            chosen.Add(new ChosenCandidate(next.ImageId, isRandom));
            left.Remove(next);
            if (next.Direction is not null)
            {
                MoveAway(left, next.Direction);
            }
        }

        return chosen;
    }

    /// <summary>Notes for each candidate that it is no farther from what was chosen than from this.</summary>
    private static void MoveAway(Dictionary<ReviewCandidate, float> distances, float[] chosen)
    {
        foreach (var (candidate, distance) in distances)
        {
            if (candidate.Direction is { } direction && direction.Length == chosen.Length)
            {
                distances[candidate] = Math.Min(distance, Math.Clamp(1 - TensorPrimitives.Dot<float>(direction, chosen), 0, 1));
            }
        }
    }
}

/// <summary>A photo to review, and whether it was drawn at random.</summary>
internal readonly record struct ChosenCandidate(long ImageId, bool IsRandom);
