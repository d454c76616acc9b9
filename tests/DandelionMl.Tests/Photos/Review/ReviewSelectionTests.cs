using DandelionMl.Photos;
using DandelionMl.Storage;

namespace DandelionMl.Tests.Photos;

public sealed class ReviewSelectionTests
{
    [Fact]
    public void Choose_photos_unlike_each_other_orders_by_margin()
    {
        var candidates = new[] { Candidate(1, 0.9f, [1, 0, 0]), Candidate(2, 0.1f, [0, 1, 0]), Candidate(3, 0.5f, [0, 0, 1]) };

        Assert.Equal([2L, 3, 1], Ids(ReviewSelection.Choose(candidates, [], 3, 0, randomShare: 0)));
    }

    [Fact]
    public void Choose_near_copies_do_not_come_in_a_row()
    {
        var copies = Enumerable.Range(0, 10).Select(number => Candidate(number, 0.05f, Direction(0.001f * number)));
        var others = Enumerable.Range(10, 4).Select(number => Candidate(number, 0.6f, Direction(0.4f * (number - 9))));

        var chosen = Ids(ReviewSelection.Choose([.. copies, .. others], [], 5, 0, randomShare: 0));

        Assert.Single(chosen, id => id < 10);
        Assert.True(chosen[0] < 10);
    }

    [Fact]
    public void Choose_photo_like_those_just_seen_comes_last()
    {
        var candidates = new[] { Candidate(1, 0.1f, [1, 0, 0]), Candidate(2, 0.8f, [0, 1, 0]) };

        Assert.Equal([2L, 1], Ids(ReviewSelection.Choose(candidates, [[1, 0, 0]], 2, 0, randomShare: 0)));
    }

    [Fact]
    public void Choose_share_is_drawn_at_random_over_any_number_of_calls()
    {
        var candidates = Enumerable.Range(0, 100).Select(number => Candidate(number, number / 100f, Direction(number))).ToList();
        var random = 0;
        for (var slot = 0; slot < 100; slot++)
        {
            var chosen = Assert.Single(ReviewSelection.Choose(candidates, [], 1, slot, randomShare: 0.2));
            random += chosen.IsRandom ? 1 : 0;
            candidates.RemoveAll(candidate => candidate.ImageId == chosen.ImageId);
        }

        Assert.Equal(20, random);
    }

    [Fact]
    public void Choose_random_ones_follow_the_hash_and_not_the_margin()
    {
        var candidates = Enumerable.Range(0, 20).Select(number => Candidate(number, number / 20f, null)).ToList();

        var chosen = Ids(ReviewSelection.Choose(candidates, [], 20, 0, randomShare: 1));

        Assert.Equal(candidates.OrderBy(candidate => candidate.RandomRank, StringComparer.Ordinal).Select(candidate => candidate.ImageId), chosen);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(9, 2, true)]
    [InlineData(10, 2, false)]
    [InlineData(10, 3, true)]
    [InlineData(5, 0, false)]
    public void AreFew_is_below_five_a_class(int labelled, int classes, bool expected) =>
        Assert.Equal(expected, ReviewSelection.AreFew(labelled, classes));

    /// <summary>Three heaps of photos and one photo that is like none: the middles of the heaps come first, however sure the model is of them.</summary>
    [Fact]
    public void Choose_few_with_a_label_gives_the_most_typical_of_each_heap_first()
    {
        var candidates = Heaps().Append(Candidate(99, 0, Direction(5.5f))).ToList();

        var chosen = Ids(ReviewSelection.Choose(candidates, [], 3, 0, randomShare: 0, few: []));

        Assert.Equal([2L, 12, 22], chosen.Order());
        Assert.Equal(99, Ids(ReviewSelection.Choose(candidates, [], 3, 0, randomShare: 0))[0]);
    }

    [Fact]
    public void Choose_heap_that_has_a_labelled_photo_comes_last()
    {
        var chosen = Ids(ReviewSelection.Choose(Heaps(), [], 2, 0, randomShare: 0, few: [Direction(0.002f)]));

        Assert.Equal([12L, 22], chosen.Order());
    }

    [Fact]
    public void Choose_near_duplicates_that_wait_count_once_among_typical_ones()
    {
        var copies = Enumerable.Range(0, 50).Select(number => Candidate(100 + number, 0.5f, Direction(0.0001f * number)));
        var others = Heaps().Where(candidate => candidate.ImageId >= 10);

        var chosen = Ids(ReviewSelection.Choose([.. copies, .. others], [], 3, 0, randomShare: 0, few: []));

        Assert.Equal([12L, 22], chosen.Where(id => id < 100).Order());
    }

    [Fact]
    public void Choose_few_with_a_label_leaves_the_random_share_as_it_is()
    {
        var candidates = Heaps();
        var (few, many) = (
            ReviewSelection.Choose(candidates, [], 10, 3, randomShare: 0.2, few: []), ReviewSelection.Choose(candidates, [], 10, 3, randomShare: 0.2));

        Assert.Equal(many.Select(chosen => chosen.IsRandom), few.Select(chosen => chosen.IsRandom));
        Assert.Equal(2, few.Count(chosen => chosen.IsRandom));
        Assert.Equal(
            candidates.MinBy(candidate => candidate.RandomRank, StringComparer.Ordinal)!.ImageId,
            ReviewSelection.Choose(candidates, [], 1, 0, randomShare: 1, few: [])[0].ImageId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Choose_contested_photos_come_first_and_leave_the_random_share_as_it_is(bool areFew)
    {
        var candidates = Heaps().Select(candidate => candidate with { IsContested = candidate.ImageId is 4 or 14 }).ToList();
        IReadOnlyCollection<float[]>? few = areFew ? [] : null;

        Assert.Equal([4L, 14], Ids(ReviewSelection.Choose(candidates, [], 3, 0, randomShare: 0, few)).Take(2).Order());
        Assert.Equal(
            Ids(ReviewSelection.Choose(Heaps(), [], 20, 0, randomShare: 1, few)), Ids(ReviewSelection.Choose(candidates, [], 20, 0, randomShare: 1, few)));
    }

    [Fact]
    public void Choose_photos_without_an_embedding_come_after_typical_ones_by_margin()
    {
        var chosen = Ids(ReviewSelection.Choose(
            [Candidate(1, 0.9f, null), Candidate(2, 0.1f, null), Candidate(3, 1, [1, 0])], [], 3, 0, randomShare: 0, few: []));

        Assert.Equal([3L, 2, 1], chosen);
    }

    [Fact]
    public void Choose_more_than_there_are_gives_all() =>
        Assert.Equal([1L], Ids(ReviewSelection.Choose([Candidate(1, 0, null)], [], 5, 0, randomShare: 0.5)));

    private static ReviewCandidate Candidate(long id, float margin, float[]? direction) =>
        new(id, ContentHash.Of(BitConverter.GetBytes(id)), margin, direction);

    /// <summary>Three heaps of five photos, the third of each in the middle.</summary>
    private static List<ReviewCandidate> Heaps() =>
    [
        .. from heap in Enumerable.Range(0, 3)
           from number in Enumerable.Range(0, 5)
           select Candidate((10 * heap) + number, 0.9f, Direction((1.5f * heap) + (0.01f * number))),
    ];

    private static float[] Direction(float angle) => [MathF.Cos(angle), MathF.Sin(angle)];

    private static List<long> Ids(IEnumerable<ChosenCandidate> chosen) => [.. chosen.Select(photo => photo.ImageId)];
}
