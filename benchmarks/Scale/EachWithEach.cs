using System.Numerics.Tensors;
using DandelionMl.Embeddings;

namespace DandelionMl.Benchmarks.Scale;

/// <summary>Near-duplicates by the cosine of each pair of photos, on all cores: what the library is compared with.</summary>
internal static class EachWithEach
{
    public static int[] FindLeaders(IReadOnlyList<float[]> embeddings, float threshold)
    {
        var directions = embeddings.Select(embedding => Direction.Of(embedding)).ToArray();
        var similar = new List<int>[directions.Length];
        Parallel.For(0, directions.Length, index =>
        {
            similar[index] = [];
            for (var earlier = 0; earlier < index; earlier++)
            {
                if (TensorPrimitives.Dot<float>(directions[earlier], directions[index]) >= threshold)
                {
                    similar[index].Add(earlier);
                }
            }
        });

        var leaders = new int[directions.Length];
        for (var index = 0; index < leaders.Length; index++)
        {
            leaders[index] = similar[index].Where(earlier => leaders[earlier] == earlier).Cast<int?>().FirstOrDefault() ?? index;
        }

        return leaders;
    }
}
