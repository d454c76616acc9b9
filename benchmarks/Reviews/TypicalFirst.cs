using System.Numerics.Tensors;
using DandelionMl.Backbones.BuiltIn.Numerics;

namespace DandelionMl.Benchmarks.Reviews;

/// <summary>Orders photos for the first reviews, while the model knows too few to say what it is uncertain of: TypiClust (Hacohen, Dekel and
/// Weinshall 2022, "Active Learning on a Budget: Opposite Strategies Suit High and Low Budgets").</summary>
/// <remarks>Photos are put into as many clusters as there will be reviewed ones. The most typical photo of the largest cluster that has no
/// reviewed photo comes first: the one nearest to its neighbours.</remarks>
internal static class TypicalFirst
{
    private const int Iterations = 10;
    private const int Neighbours = 20;
    private const int MostClusters = 200;

    /// <summary>Orders candidates.</summary>
    /// <param name="candidates">Directions of the photos to choose from, of the same length.</param>
    /// <param name="reviewed">Directions of photos that have a label already.</param>
    /// <param name="count">How many to choose.</param>
    /// <returns>Indexes of candidates, the one to review first first.</returns>
    public static List<int> Choose(IReadOnlyList<float[]> candidates, IReadOnlyList<float[]> reviewed, int count)
    {
        if (candidates.Count == 0)
        {
            return [];
        }

        float[][] all = [.. candidates, .. reviewed];
        var clusters = Cluster(all, Math.Min(Math.Min(reviewed.Count + count, MostClusters), all.Length));
        var chosen = new List<int>(count);
        var taken = Enumerable.Range(candidates.Count, reviewed.Count).CountBy(index => clusters[index]).ToDictionary();
        var members = Enumerable.Range(0, candidates.Count).GroupBy(index => clusters[index]).ToDictionary(group => group.Key, group => Ranked([.. group], all));
        while (chosen.Count < Math.Min(count, candidates.Count))
        {
            var next = members.Where(cluster => cluster.Value.Count > 0)
                .OrderBy(cluster => taken.GetValueOrDefault(cluster.Key)).ThenByDescending(cluster => cluster.Value.Count).ThenBy(cluster => cluster.Value.Peek())
                .First();
            chosen.Add(next.Value.Dequeue());
            taken[next.Key] = taken.GetValueOrDefault(next.Key) + 1;
        }

        return chosen;
    }

    /// <summary>A cluster's photos, the most typical first.</summary>
    private static Queue<int> Ranked(int[] members, float[][] all) => new(members.OrderBy(member =>
        members.Where(other => other != member).Select(other => TensorPrimitives.Distance<float>(all[member], all[other])).Order().Take(Neighbours)
            .DefaultIfEmpty().Average()).ThenBy(member => member));

    private static int[] Cluster(float[][] points, int count)
    {
        var dimensions = points[0].Length;
        float[] flat = [.. points.SelectMany(point => point)];
        var centres = KMeans.Fit(flat, dimensions, count, Iterations, new SplitMix(1), CancellationToken.None);
        return Array.ConvertAll(points, point => Enumerable.Range(0, count)
            .MinBy(centre => TensorPrimitives.Distance(point, centres.AsSpan(centre * dimensions, dimensions))));
    }
}
