using System.Security.Cryptography;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training.Logistic;

public sealed class GroupedFoldsTests
{
    private static readonly string[] Hashes = [.. Enumerable.Range(0, 200).Select(photo => Convert.ToHexStringLower(SHA256.HashData([(byte)photo])))];

    [Fact]
    public void Divide_each_photo_is_held_out_once_a_division_and_classes_are_spread_evenly()
    {
        int[] targets = [.. Enumerable.Range(0, 100).Select(photo => photo < 80 ? 0 : 1)];

        var folds = Divide(targets, [.. Enumerable.Range(0, 100)]);

        Assert.Equal(15, folds.Count);
        Assert.All(folds.Chunk(5), division => Assert.Equal(Enumerable.Range(0, 100), division.SelectMany(fold => fold.Held).Order()));
        Assert.All(folds, fold => Assert.Equal((16, 4), (fold.Held.Count(photo => photo < 80), fold.Held.Count(photo => photo >= 80))));
        Assert.All(folds, fold => Assert.Equal(Enumerable.Range(0, 100), fold.Trained.Concat(fold.Held).Order()));
        Assert.NotEqual(folds[0].Held, folds[5].Held);
    }

    [Fact]
    public void Divide_near_duplicates_are_never_on_both_sides()
    {
        int[] leaders = [.. Enumerable.Range(0, 120).Select(photo => photo - (photo % 4))];

        var folds = Divide([.. leaders.Select(leader => leader / 4 % 3)], leaders);

        Assert.NotEmpty(folds);
        Assert.All(folds, fold => Assert.Empty(fold.Held.Select(photo => leaders[photo]).Intersect(fold.Trained.Select(photo => leaders[photo]))));
    }

    [Fact]
    public void Divide_a_class_of_one_group_is_always_trained_on()
    {
        int[] targets = [.. Enumerable.Range(0, 50).Select(photo => photo < 47 ? 0 : 1)];
        int[] leaders = [.. Enumerable.Range(0, 50).Select(photo => photo < 47 ? photo : 47)];

        var folds = Divide(targets, leaders);

        Assert.NotEmpty(folds);
        Assert.All(folds, fold => Assert.Equal(3, fold.Trained.Count(photo => targets[photo] == 1)));
    }

    [Fact]
    public void Divide_one_photo_a_class_gives_no_fold() => Assert.Empty(Divide([0, 1, 2], [0, 1, 2]));

    private static List<Fold> Divide(int[] targets, int[] leaders) =>
        [.. GroupedFolds.Divide([.. Enumerable.Range(0, targets.Length)], Hashes, targets, leaders)];
}
