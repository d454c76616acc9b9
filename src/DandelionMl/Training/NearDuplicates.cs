using System.Numerics.Tensors;
using DandelionMl.Embeddings;

namespace DandelionMl.Training;

/// <summary>Groups images that are near-duplicates of each other.</summary>
internal static class NearDuplicates
{
    /// <summary>For each image the index of the earliest image that it is a near-duplicate of and that leads its group, or its own. Only
    /// leaders are compared with, so that a chain of ever less similar images does not end in one group.</summary>
    /// <param name="embeddings">One an image.</param>
    /// <param name="threshold">Cosine similarity from which two images are near-duplicates.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static int[] FindLeaders(IReadOnlyList<float[]> embeddings, float threshold, CancellationToken cancellationToken = default)
    {
        var directions = embeddings.Select(embedding => Direction.Of(embedding)).ToArray();
        var similar = new List<int>[directions.Length];
        Parallel.For(0, directions.Length, new ParallelOptions { CancellationToken = cancellationToken }, index =>
            similar[index] = [.. Enumerable.Range(0, index)
                .Where(earlier => TensorPrimitives.Dot<float>(directions[earlier], directions[index]) >= threshold)]);

        var leaders = new int[directions.Length];
        for (var index = 0; index < leaders.Length; index++)
        {
            leaders[index] = similar[index].Where(earlier => leaders[earlier] == earlier).Cast<int?>().FirstOrDefault() ?? index;
        }

        return leaders;
    }
}
