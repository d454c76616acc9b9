namespace DandelionMl.Embeddings;

/// <summary>How similar a vector can be to each of some embeddings at most, but for <see cref="LeadingSubspace.Slack"/>.</summary>
/// <param name="Hashes">SHA-256 of the images, at least as many as there are bounds.</param>
/// <param name="Values">The bounds, in the same order.</param>
internal sealed record SimilarityBounds(IReadOnlyList<string> Hashes, float[] Values)
{
    /// <summary>The embeddings with the greatest bounds, in no order.</summary>
    /// <param name="count">The most to find.</param>
    /// <param name="minimumSimilarity">Those that can't be as similar are left out.</param>
    public int[] FindGreatest(int count, float minimumSimilarity)
    {
        var greatest = new PriorityQueue<int, float>(count);
        for (var index = 0; index < Values.Length; index++)
        {
            if (Values[index] < minimumSimilarity - LeadingSubspace.Slack)
            {
                continue;
            }

            if (greatest.Count < count)
            {
                greatest.Enqueue(index, Values[index]);
            }
            else
            {
                greatest.EnqueueDequeue(index, Values[index]);
            }
        }

        return [.. greatest.UnorderedItems.Select(item => item.Element)];
    }

    /// <summary>The embeddings whose bounds are at least so great, the greatest first.</summary>
    public int[] FindFrom(float floor, int[] except)
    {
        var left = Enumerable.Range(0, Values.Length).Where(index => Values[index] >= floor).ToHashSet();
        left.ExceptWith(except);
        return [.. left.OrderByDescending(index => Values[index])];
    }
}
