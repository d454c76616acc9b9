using DandelionMl.LiveAccuracy;
using DandelionMl.Photos;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.LiveAccuracy;

public abstract class LiveAccuracySuite(TestDatabase database) : UploadSuite(database)
{
    private static readonly DateOnly Monday = new(2025, 3, 3);

    [Fact]
    public async Task ListAsync_without_photos_is_empty() => Assert.Empty(await ListAsync(Open()));

    [Fact]
    public async Task ListAsync_tells_how_many_photos_are_missing_and_then_the_accuracy()
    {
        var stores = Open(new ReviewOptions { RandomShare = 1 });
        await stores.UploadSeveralAsync(30);

        Assert.Equal(new WeekAccuracy(Monday, 7, new LiveFigure(30, 0, null, 10)), Assert.Single(await ListAsync(stores)));

        await ReviewAsync(stores, 9, PhotoAction.Confirm);
        Assert.Equal(new LiveFigure(30, 9, null, 1), Assert.Single(await ListAsync(stores)).Figure);

        await ReviewAsync(stores, 1, PhotoAction.Unusable);
        await ReviewAsync(stores, 1, PhotoAction.Correct);
        var figure = Assert.Single(await ListAsync(stores)).Figure;
        Assert.Equal((30, 10, 0.9), (figure.Photos, figure.Reviewed, figure.Estimate?.Accuracy));
    }

    /// <summary>The review's random share takes the photos that count: were it to draw in another order, there would hardly ever be a figure.</summary>
    [Fact]
    public async Task ListAsync_counts_what_the_random_share_of_the_review_took()
    {
        var stores = Open(new ReviewOptions { RandomShare = 0.4 });
        await stores.UploadSeveralAsync(40);

        await ReviewAsync(stores, 25, PhotoAction.Confirm);

        Assert.InRange(Assert.Single(await ListAsync(stores)).Figure.Reviewed, 10, 25);
    }

    [Fact]
    public async Task ListAsync_an_undone_decision_waits_again()
    {
        var stores = Open(new ReviewOptions { RandomShare = 1 });
        await stores.UploadSeveralAsync(12);
        var decided = await ReviewAsync(stores, 12, PhotoAction.Confirm);

        await DecideAsync(stores, decided[4], PhotoAction.Undo);

        Assert.Equal(new LiveFigure(12, 4, null, 1), Assert.Single(await ListAsync(stores)).Figure);
    }

    [Fact]
    public async Task ListAsync_tells_each_week_from_Monday_to_Sunday()
    {
        var stores = Open();
        await stores.UploadAsync([250, 10, 10]);
        Time.AdjustTime(new DateTimeOffset(2025, 3, 9, 23, 59, 59, TimeSpan.Zero));
        await stores.UploadAsync([10, 250, 10]);
        Time.AdjustTime(new DateTimeOffset(2025, 3, 10, 0, 0, 0, TimeSpan.Zero));
        await stores.UploadAsync([10, 10, 250]);

        Assert.Equal(
            [(Monday.AddDays(7), 1), (Monday, 2)], (await ListAsync(stores)).Select(week => (week.Week, week.Figure.Photos)));

        Time.AdjustTime(Time.GetUtcNow().AddDays(7 * (LiveAccuracyReader.Weeks - 1)));
        Assert.Equal([Monday.AddDays(7)], (await ListAsync(stores)).Select(week => week.Week));
    }

    [Fact]
    public async Task ListAsync_near_duplicates_of_one_photo_count_once()
    {
        var stores = Open();
        await stores.UploadAsync([250, 10, 10]);
        foreach (var shade in (byte[])[11, 12, 13])
        {
            Assert.False((await stores.Intake.SubmitAsync(new byte[] { 250, 10, shade }, UploadStores.Predict([250, 10, shade]), cancellationToken: Token)).IsNew);
        }

        Assert.Equal(1, Assert.Single(await ListAsync(stores)).Figure.Photos);
    }

    [Fact]
    public async Task ListAsync_photos_erased_before_their_review_do_not_count_and_those_after_it_do()
    {
        var stores = Open(new ReviewOptions { RandomShare = 1 });
        await stores.UploadSeveralAsync(12);
        var decided = await ReviewAsync(stores, 10, PhotoAction.Confirm);
        var waiting = (await stores.Desk.TakeAsync("anna", 2, cancellationToken: Token)).Select(photo => photo.Image.Id).ToList();

        foreach (var id in (long[])[decided[0], waiting[0]])
        {
            Assert.True((await stores.Editor.EraseAsync(id, "anna", cancellationToken: Token)).IsAccepted);
        }

        var figure = Assert.Single(await ListAsync(stores)).Figure;
        Assert.Equal((11, 10, 1.0), (figure.Photos, figure.Reviewed, figure.Estimate?.Accuracy));
    }

    [Fact]
    public void NewestOf_is_the_newest_week_of_the_version_with_a_figure()
    {
        var estimate = new AccuracyEstimate(0.9, 0.8, 0.95, 40);
        WeekAccuracy[] weeks =
        [
            new(Monday.AddDays(7), 3, new LiveFigure(9, 2, null, null)),
            new(Monday, 3, new LiveFigure(90, 40, estimate, 0)),
            new(Monday, 2, new LiveFigure(90, 5, null, 5)),
        ];

        Assert.Equal(weeks[1], LiveAccuracyReader.NewestOf(weeks, 3));
        Assert.Equal(weeks[2], LiveAccuracyReader.NewestOf(weeks, 2));
        Assert.Null(LiveAccuracyReader.NewestOf(weeks, 1));
    }

    private Task<IReadOnlyList<WeekAccuracy>> ListAsync(UploadStores stores) => new LiveAccuracyReader(stores.Database, Time).ListAsync(Token);

    /// <summary>Takes photos as the desk gives them, and decides on them.</summary>
    private static async Task<List<long>> ReviewAsync(UploadStores stores, int count, PhotoAction action)
    {
        var ids = new List<long>();
        for (var number = 0; number < count; number++)
        {
            ids.Add(Assert.Single(await stores.Desk.TakeAsync("anna", cancellationToken: Token)).Image.Id);
            await DecideAsync(stores, ids[^1], action);
        }

        return ids;
    }

    private static async Task DecideAsync(UploadStores stores, long id, PhotoAction action) => Assert.Null(
        (await stores.Desk.DecideAsync(new ReviewDecision(id, action, action == PhotoAction.Correct ? "moss" : null), "anna", Token)).Refusal);
}
