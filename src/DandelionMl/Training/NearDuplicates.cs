namespace DandelionMl.Training;

/// <summary>Groups images that are near-duplicates of each other.</summary>
internal static class NearDuplicates
{
    // Images that are compared at a time with the leaders before them, and how many of these by one thread.
    private const int Window = 512;
    private const int Batch = 32;

    /// <summary>For each image the index of the earliest image that it is a near-duplicate of and that leads its group, or its own. Only
    /// leaders are compared with, so that a chain of ever less similar images does not end in one group.</summary>
    /// <param name="embeddings">One an image.</param>
    /// <param name="threshold">Cosine similarity from which two images are near-duplicates.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static int[] FindLeaders(IReadOnlyList<ReadOnlyMemory<float>> embeddings, float threshold, CancellationToken cancellationToken = default) =>
        FindLeaders(embeddings, threshold, known: 0, cancellationToken);

    /// <inheritdoc cref="FindLeaders(IReadOnlyList{ReadOnlyMemory{float}}, float, CancellationToken)"/>
    /// <param name="embeddings">One an image.</param>
    /// <param name="threshold">Cosine similarity from which two images are near-duplicates.</param>
    /// <param name="known">How many of the first images are known to lead groups, and are not compared with each other.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static int[] FindLeaders(IReadOnlyList<ReadOnlyMemory<float>> embeddings, float threshold, int known, CancellationToken cancellationToken)
    {
        if (embeddings.Count == 0)
        {
            return [];
        }

        var leaders = new int[embeddings.Count];
        var index = new LeaderIndex(embeddings, threshold, searches: embeddings.Count - known);
        for (var image = 0; image < known; image++)
        {
            leaders[image] = image;
            index.Add(image);
        }

        for (var start = known; start < leaders.Length; start += Window)
        {
            var (earlier, end) = (index.Count, Math.Min(start + Window, leaders.Length));
            Parallel.For(0, (end - start + Batch - 1) / Batch, new ParallelOptions { CancellationToken = cancellationToken }, batch =>
            {
                var first = start + (batch * Batch);
                index.FindFirst(first, from: 0, leaders.AsSpan(first, Math.Min(Batch, end - first)));
            });

            // Leaders that this window itself brings are found in order.
            for (var image = start; image < end; image++)
            {
                if (leaders[image] < 0)
                {
                    index.FindFirst(image, earlier, leaders.AsSpan(image, 1));
                }

                if (leaders[image] < 0)
                {
                    leaders[image] = image;
                    index.Add(image);
                }
            }
        }

        return leaders;
    }
}
