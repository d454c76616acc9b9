namespace DandelionMl.Training.Logistic;

/// <summary>The photos that a strength is chosen on: all of few, and of many a share of each class, so that it takes no longer.</summary>
internal static class SearchSample
{
    /// <summary>About how many photos are enough.</summary>
    public const int Enough = 600;

    // So that of a rare class some are trained on and some held out.
    private const int LeastOfClass = 4;

    /// <summary>Chooses photos.</summary>
    /// <param name="hashes">SHA-256 of each photo: those of a class that are lowest are chosen.</param>
    /// <param name="targets">The class of each photo.</param>
    /// <param name="enough">About how many.</param>
    /// <returns>The chosen ones, in their order.</returns>
    public static int[] Choose(IReadOnlyList<string> hashes, int[] targets, int enough = Enough)
    {
        var photos = Enumerable.Range(0, targets.Length).ToArray();
        return targets.Length <= enough ? photos :
        [
            .. photos.GroupBy(photo => targets[photo])
                .SelectMany(members => members.OrderBy(photo => hashes[photo], StringComparer.Ordinal)
                    .Take(Math.Max(LeastOfClass, (int)((long)members.Count() * enough / targets.Length))))
                .Order(),
        ];
    }
}
