namespace DandelionMl.Training.LearningCurves;

/// <summary>Photos held out, and growing shares of the others to train on: each share holds the smaller ones, all classes in their proportion.
/// Near-duplicates stay together, in a share as in what is held out.</summary>
/// <param name="Shares">The images of each share, from the smallest.</param>
/// <param name="Sizes">Number of distinct photos of each share.</param>
/// <param name="Held">The images that are held out.</param>
internal sealed record GrowingShares(int[][] Shares, int[] Sizes, int[] Held)
{
    /// <summary>Parts that photos are divided into; each is held out once.</summary>
    public const int Folds = 5;

    /// <summary>How large the shares are, from an eighth to all, each larger by the same factor.</summary>
    public static readonly IReadOnlyList<double> Parts = [.. Enumerable.Range(0, 7).Select(step => Math.Pow(2, (step - 6) / 2.0))];

    /// <summary>Divides photos.</summary>
    /// <param name="photos">The images of each distinct photo.</param>
    /// <param name="targets">The class of each distinct photo.</param>
    /// <param name="repeat">The division: each number gives another, always the same.</param>
    public static IEnumerable<GrowingShares> Divide(IReadOnlyList<int[]> photos, IReadOnlyList<int> targets, int repeat)
    {
#pragma warning disable CA5394 // A division needs no secret randomness.
        var order = Enumerable.Range(0, photos.Count).ToArray();
        new Random(repeat).Shuffle(order);
#pragma warning restore CA5394
        var classes = order.GroupBy(photo => targets[photo]).Select(members => members.ToArray()).ToList();
        for (var fold = 0; fold < Folds; fold++)
        {
            var trained = classes.Select(members => members.Where((_, place) => place % Folds != fold).ToArray()).ToList();
            var shares = Parts.Select(part => trained.SelectMany(members => members.Take(Math.Max(1, (int)Math.Round(part * members.Length)))).ToArray()).ToList();
            yield return new GrowingShares(
                [.. shares.Select(Images)], [.. shares.Select(share => share.Length)],
                Images(classes.SelectMany(members => members.Where((_, place) => place % Folds == fold))));
        }

        int[] Images(IEnumerable<int> some) => [.. some.SelectMany(photo => photos[photo]).Order()];
    }
}
