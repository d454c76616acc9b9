using System.Numerics.Tensors;

namespace DandelionMl.Photos;

/// <summary>Orders photos so that each is worth most to the model: uncertain, and unlike those seen just before; the most typical ones while few
/// have a label. Those to which the champion's shadow gave another class come before both.</summary>
/// <remarks>Margin sampling (Scheffer, Decomain and Wrobel 2001) weighted by the distance to the nearest photo already chosen, as in
/// k-center greedy (Sener and Savarese 2018): of ten near-copies the first is worth its uncertainty, the others next to nothing.
/// While few photos have a label, the model's uncertainty says little: the most typical photos come first then, see <see cref="TypicalFirst"/>.
/// A share is drawn at random instead, so that the test images are not only hard ones.</remarks>
internal static class ReviewSelection
{
    // Of two classes, ten typical photos were worth more than ten uncertain ones, and twenty less: see 'benchmarks first-reviews'.
    private const int FewOfClass = 5;

    /// <summary>Whether so few photos have a label that typical ones come first.</summary>
    /// <param name="labelled">Number of photos with a label.</param>
    /// <param name="classes">Number of their classes.</param>
    public static bool AreFew(int labelled, int classes) => labelled < FewOfClass * Math.Max(classes, 1);

    /// <summary>Orders candidates.</summary>
    /// <param name="candidates">The photos to choose from.</param>
    /// <param name="seen">Directions of the photos reviewed just before.</param>
    /// <param name="count">How many to choose.</param>
    /// <param name="firstSlot">Number of photos that were chosen ever before: every 1/<paramref name="randomShare"/>-th is drawn at
    /// random.</param>
    /// <param name="randomShare">Share drawn at random, 0 to 1.</param>
    /// <param name="few">Directions of all photos with a label, where they are few; null where the uncertain ones come first.</param>
    public static List<ChosenCandidate> Choose(
        IReadOnlyCollection<ReviewCandidate> candidates,
        IReadOnlyCollection<float[]> seen,
        int count,
        long firstSlot,
        double randomShare,
        IReadOnlyCollection<float[]>? few = null)
    {
        var left = candidates.ToDictionary(candidate => candidate, _ => 1f);
        foreach (var direction in seen)
        {
            MoveAway(left, direction);
        }

        // What is typical is told from a sample, which contested photos are not.
        var typical = few is null ? [] : MostTypical(candidates.Where(candidate => !candidate.IsContested), [.. few, .. seen], count);
        var chosen = new List<ChosenCandidate>(count);
        for (var slot = firstSlot; chosen.Count < count && left.Count > 0; slot++)
        {
            var isRandom = Math.Floor((slot + 1) * randomShare) > Math.Floor(slot * randomShare);
            var next = isRandom
                ? left.Keys.MinBy(candidate => candidate.RandomRank, StringComparer.Ordinal)!
                : MostUncertain(left.Where(item => item.Key.IsContested)) ?? typical.Find(left.ContainsKey) ?? MostUncertain(left)!;
            chosen.Add(new ChosenCandidate(next.ImageId, isRandom));
            left.Remove(next);
            if (next.Direction is not null)
            {
                MoveAway(left, next.Direction);
            }
        }

        return chosen;
    }

    /// <param name="left">Candidates, each with its distance to the nearest photo that was chosen.</param>
    private static ReviewCandidate? MostUncertain(IEnumerable<KeyValuePair<ReviewCandidate, float>> left) => left
        .OrderByDescending(item => (1 - item.Key.Margin) * item.Value).ThenBy(item => item.Key.ImageId).Select(item => item.Key).FirstOrDefault();

    private static List<ReviewCandidate> MostTypical(IEnumerable<ReviewCandidate> candidates, IReadOnlyCollection<float[]> known, int count)
    {
        ReviewCandidate[] comparable = [.. candidates.Where(candidate => candidate.Direction is not null)];
        return TypicalFirst.Choose(
            Array.ConvertAll(comparable, candidate => candidate.Direction!), [.. known], count).ConvertAll(index => comparable[index]);
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
