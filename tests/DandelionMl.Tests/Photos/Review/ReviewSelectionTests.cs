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

    [Fact]
    public void Choose_more_than_there_are_gives_all() =>
        Assert.Equal([1L], Ids(ReviewSelection.Choose([Candidate(1, 0, null)], [], 5, 0, randomShare: 0.5)));

    private static ReviewCandidate Candidate(long id, float margin, float[]? direction) =>
        new(id, ContentHash.Of(BitConverter.GetBytes(id)), margin, direction);

    private static float[] Direction(float angle) => [MathF.Cos(angle), MathF.Sin(angle)];

    private static List<long> Ids(IEnumerable<ChosenCandidate> chosen) => [.. chosen.Select(photo => photo.ImageId)];
}
