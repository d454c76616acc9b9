namespace DandelionMl.Training.Logistic;

/// <summary>Photos trained on and photos held out, in each of several folds: each class is spread over the folds evenly, near-duplicates
/// stay together, and no class is held out as a whole.</summary>
internal static class GroupedFolds
{
    /// <summary>Folds of a division of the photos.</summary>
    public const int Folds = 5;

    /// <summary>Divisions of the photos, each by digits of their own of the photos' hashes.</summary>
    public const int Repeats = 3;

    private const int HashDigits = 16;

    /// <summary>Divides photos.</summary>
    /// <param name="photos">The photos to divide.</param>
    /// <param name="hashes">SHA-256 of every photo, lower-case hexadecimal.</param>
    /// <param name="targets">The class of every photo, from 0.</param>
    /// <param name="leaders">For each photo to divide, what names its group of near-duplicates.</param>
    /// <param name="repeats">Number of divisions, at most <see cref="Repeats"/>.</param>
    /// <returns>The folds of all divisions, without those that hold no photo out.</returns>
    public static IEnumerable<Fold> Divide<TGroup>(
        int[] photos, IReadOnlyList<string> hashes, int[] targets, IReadOnlyList<TGroup> leaders, int repeats = Repeats)
    {
        var groups = photos.Zip(leaders).GroupBy(item => item.Second, item => item.First)
            .Select(group => group.OrderBy(photo => hashes[photo], StringComparer.Ordinal).ToArray()).ToList();
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var digits = repeat * HashDigits;
            var dealt = groups.OrderBy(group => targets[group[0]])
                .ThenBy(group => hashes[group[0]].Substring(digits, HashDigits), StringComparer.Ordinal).ToList();
            for (var fold = 0; fold < Folds; fold++)
            {
                if (Fold.Of(photos, [.. dealt.Where((_, position) => position % Folds == fold)], targets) is { Held.Length: > 0 } divided)
                {
                    yield return divided;
                }
            }
        }
    }
}

/// <summary>A division of photos into two.</summary>
/// <param name="Trained">The photos trained on, in their order.</param>
/// <param name="Held">The photos held out, in their order.</param>
internal sealed record Fold(int[] Trained, int[] Held)
{
    /// <param name="photos">The photos to divide.</param>
    /// <param name="groups">The groups to hold out; one with a class that has all its photos among them is trained on all the same.</param>
    /// <param name="targets">The class of every photo.</param>
    public static Fold Of(int[] photos, IReadOnlyCollection<int[]> groups, int[] targets)
    {
        var all = photos.CountBy(photo => targets[photo]).ToDictionary();
        var among = groups.SelectMany(group => group).CountBy(photo => targets[photo]).ToDictionary();
        var held = groups.Where(group => group.All(photo => among[targets[photo]] < all[targets[photo]])).SelectMany(group => group).ToHashSet();
        return new Fold([.. photos.Where(photo => !held.Contains(photo))], [.. photos.Where(held.Contains)]);
    }
}
