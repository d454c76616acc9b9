using System.Numerics.Tensors;
using DandelionMl.Backbones.BuiltIn.Numerics;

namespace DandelionMl.Photos;

/// <summary>Orders photos for the first reviews, while the model knows too few to say what it is uncertain of: TypiClust (Hacohen, Dekel and
/// Weinshall 2022, "Active Learning on a Budget: Opposite Strategies Suit High and Low Budgets").</summary>
/// <remarks>Photos are put into as many clusters as there will be reviewed ones, of at least five photos on average. The most typical photo of
/// the largest cluster that has no reviewed photo comes first: the one nearest to its neighbours. Clusters of fewer than five photos come
/// after those.</remarks>
internal static class TypicalFirst
{
    private const int Iterations = 10;
    private const int Tries = 3;
    private const int Neighbours = 20;

    // Of more clusters the photos of a sample are mostly alone in theirs.
    private const int MostClusters = 100;

    // A smaller cluster is of strangers, not of a kind of photos.
    private const int LeastOfCluster = 5;

    // How finely the random numbers of the draw are told apart.
    private const int Parts = 1 << 30;

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
        var clusters = Cluster(all, Math.Max(1, Math.Min(Math.Min(reviewed.Count + count, MostClusters), all.Length / LeastOfCluster)));
        var sizes = clusters.CountBy(cluster => cluster).ToDictionary();
        var chosen = new List<int>(count);
        var taken = Enumerable.Range(candidates.Count, reviewed.Count).CountBy(index => clusters[index]).ToDictionary();
        var members = Enumerable.Range(0, candidates.Count).GroupBy(index => clusters[index])
            .ToDictionary(group => group.Key, group => Ranked([.. group], all));
        while (chosen.Count < Math.Min(count, candidates.Count))
        {
            var next = members.Where(cluster => cluster.Value.Count > 0)
                .OrderBy(cluster => taken.GetValueOrDefault(cluster.Key) + (sizes[cluster.Key] < LeastOfCluster ? 1 : 0))
                .ThenByDescending(cluster => cluster.Value.Count).ThenBy(cluster => cluster.Value.Peek())
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

    /// <summary>The cluster of each point, by the best of several tries.</summary>
    private static int[] Cluster(float[][] points, int count)
    {
        float[] flat = [.. points.SelectMany(point => point)];
        var random = new SplitMix(1);
        return Enumerable.Range(0, Tries).Select(_ =>
        {
            var centres = Spread(points, count, random);
            KMeans.Improve(flat, points[0].Length, centres, Iterations, random, CancellationToken.None);
            return Array.ConvertAll(points, point => Nearest(point, centres));
        }).MinBy(found => found.Sum(point => point.Distance))!.Select(point => point.Centre).ToArray();
    }

    /// <summary>Points to begin with, each drawn the likelier the farther it is from those before it: k-means++ (Arthur and Vassilvitskii
    /// 2007).</summary>
    private static float[] Spread(float[][] points, int count, SplitMix random)
    {
        var chosen = points[random.Next(points.Length)];
        var centres = new List<float>(chosen);
        var distances = Array.ConvertAll(points, _ => double.PositiveInfinity);
        while (centres.Count < count * chosen.Length)
        {
            for (var point = 0; point < points.Length; point++)
            {
                distances[point] = Math.Min(distances[point], Squared(TensorPrimitives.Distance<float>(points[point], chosen)));
            }

            var left = distances.Sum() * random.Next(Parts) / Parts;
            chosen = points[Math.Max(0, Array.FindIndex(distances, distance => (left -= distance) < 0))];
            centres.AddRange(chosen);
        }

        return [.. centres];
    }

    private static (int Centre, double Distance) Nearest(float[] point, float[] centres) =>
        Enumerable.Range(0, centres.Length / point.Length)
            .Select(centre => (
                Centre: centre,
                Distance: Squared(TensorPrimitives.Distance(point, centres.AsSpan(centre * point.Length, point.Length)))))
            .MinBy(centre => centre.Distance);

    private static double Squared(double value) => value * value;
}
