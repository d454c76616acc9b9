using System.Globalization;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>Decides which images are trained on and which are held out, by a hash of their content: an image stays on its side from one
/// training to the next, so that models can be compared and no test image is ever learned.</summary>
internal static class HoldoutSplit
{
    /// <summary>Splits images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="groups">SHA-256 of the leader of each image's group of near-duplicates, in the same order: a group goes to the side of its
    /// leader, so that later images move no earlier one.</param>
    /// <param name="testFraction">Share held out, 0 to 1.</param>
    /// <returns>The side of each image, in the same order.</returns>
    /// <exception cref="InsufficientTrainingDataException">A class has a single image, which can't be on both sides.</exception>
    public static DataSplit[] Split(IReadOnlyList<LabelledEmbedding> images, IReadOnlyList<string> groups, double testFraction)
    {
        string[] leaders = [.. groups];
        var sides = leaders.Select(leader => Side(leader, testFraction)).ToArray();
        var classes = Enumerable.Range(0, images.Count).GroupBy(index => images[index].Label, StringComparer.Ordinal);
        foreach (var members in classes.OrderBy(members => members.Key, StringComparer.Ordinal))
        {
            EnsureBothSides([.. members], images, leaders, sides, testFraction);
        }

        return sides;
    }

    /// <summary>The side that a content hash stands for: its first 32 bits, as a share of all, below <paramref name="testFraction"/> is a
    /// test image.</summary>
    internal static DataSplit Side(string sha256, double testFraction)
    {
        var share = uint.Parse(sha256.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) / 4294967296.0;
        return share < testFraction ? DataSplit.Test : DataSplit.Train;
    }

    /// <summary>Where the hashes of a small class all fall on one side, the group with the extreme hash moves to the other. A class that
    /// has no group to move, as when all its images are alike, is split image by image: better a test that flatters than none.</summary>
    private static void EnsureBothSides(
        List<int> members, IReadOnlyList<LabelledEmbedding> images, string[] leaders, DataSplit[] sides, double testFraction)
    {
        if (members.Count < 2)
        {
            throw new InsufficientTrainingDataException(new Reason("OneImage", images[members[0]].Label));
        }

        if (HasBothSides(members, sides) || TryMoveGroup(members, images, leaders, sides))
        {
            return;
        }

        foreach (var index in members)
        {
            (leaders[index], sides[index]) = (images[index].Sha256, Side(images[index].Sha256, testFraction));
        }

        if (!HasBothSides(members, sides))
        {
            TryMoveGroup(members, images, leaders, sides);
        }
    }

    private static bool HasBothSides(List<int> members, DataSplit[] sides) => members.Select(index => sides[index]).Distinct().Count() == 2;

    private static bool TryMoveGroup(List<int> members, IReadOnlyList<LabelledEmbedding> images, string[] leaders, DataSplit[] sides)
    {
        // A group that holds no other class, else that class would be moved with it.
        var label = images[members[0]].Label;
        var groups = members.Select(index => leaders[index]).Distinct().Order(StringComparer.Ordinal).ToList();
        var shared = Enumerable.Range(0, images.Count).Where(index => images[index].Label != label).Select(index => leaders[index])
            .ToHashSet(StringComparer.Ordinal);
        var movable = groups.FindAll(leader => !shared.Contains(leader));
        if (groups.Count < 2 || movable.Count == 0)
        {
            return false;
        }

        var missing = sides[members[0]] == DataSplit.Train ? DataSplit.Test : DataSplit.Train;
        var moved = missing == DataSplit.Test ? movable[0] : movable[^1];
        foreach (var index in members.Where(index => leaders[index] == moved))
        {
            sides[index] = missing;
        }

        return true;
    }
}
