namespace DandelionMl.Training.LearningCurves;

/// <summary>Photos held out, and growing shares of the others to train on: each share holds the smaller ones, all classes in their proportion, or all
/// photos of the other classes where one grows alone. Near-duplicates stay together, in a share as in what is held out.</summary>
/// <param name="Shares">The images of each share, from the smallest.</param>
/// <param name="Sizes">Number of distinct photos of each share; of the class that grows alone, where one does.</param>
/// <param name="Held">The images that are held out.</param>
internal sealed record GrowingShares(int[][] Shares, int[] Sizes, int[] Held)
{
    /// <summary>Parts that photos are divided into; each is held out once.</summary>
    public const int Folds = 5;

    /// <summary>How large the shares are, from an eighth to all, each larger by the same factor.</summary>
    public static readonly IReadOnlyList<double> Parts = [.. Enumerable.Range(0, 7).Select(step => Math.Pow(2, (step - 6) / 2.0))];

    /// <summary>How large the shares of a class that grows alone are: from a third. Fewer, that count as all of it do, are known by heart, and tell
    /// too much of what more would bring.</summary>
    public static readonly IReadOnlyList<double> PartsAlone = [.. Parts.Skip(3)];

    /// <summary>Divides photos.</summary>
    /// <param name="photos">The images of each distinct photo.</param>
    /// <param name="targets">The class of each distinct photo.</param>
    /// <param name="repeat">The division: each number gives another, always the same.</param>
    /// <param name="alone">The class that grows alone; null for all.</param>
    public static IEnumerable<GrowingShares> Divide(IReadOnlyList<int[]> photos, IReadOnlyList<int> targets, int repeat, int? alone = null)
    {
#pragma warning disable CA5394 // A division needs no secret randomness.
        var order = Enumerable.Range(0, photos.Count).ToArray();
        new Random(repeat).Shuffle(order);
#pragma warning restore CA5394
        var classes = order.GroupBy(photo => targets[photo]).Select(members => members.ToArray()).ToList();
        for (var fold = 0; fold < Folds; fold++)
        {
            var trained = classes.Select(members => members.Where((_, place) => place % Folds != fold).ToArray()).ToList();
            var shares = (alone is null ? Parts : PartsAlone).Select(part => trained.SelectMany(members => members.Take(Math.Max(1, CountOf(members, part)))).ToArray()).ToList();
            yield return new GrowingShares(
                [.. shares.Select(Images)], [.. shares.Select(share => share.Count(photo => alone is null || targets[photo] == alone))],
                Images(classes.SelectMany(members => members.Where((_, place) => place % Folds == fold))));
        }

        int CountOf(int[] members, double part) =>
            alone is null || targets[members[0]] == alone ? (int)Math.Round(part * members.Length) : members.Length;

        int[] Images(IEnumerable<int> some) => [.. some.SelectMany(photo => photos[photo]).Order()];
    }
}
