using DandelionMl.Catalog;
using DandelionMl.Imaging;
using DandelionMl.Labels;
using DandelionMl.Photos;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public abstract class ReviewDeskSuite(TestDatabase database) : UploadSuite(database)
{
    private static readonly byte[] Red = [250, 10, 10];
    private static readonly byte[] Green = [10, 250, 10];
    private static readonly byte[] Blue = [10, 10, 250];

    [Fact]
    public async Task Agreement_is_of_decisions_on_a_class_by_day()
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(5);
        var today = DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime);
        await DecideAsync(ids[0], PhotoAction.Confirm);
        Time.AdjustTime(Time.GetUtcNow().AddDays(1));
        await DecideAsync(ids[1], PhotoAction.Confirm);
        await DecideAsync(ids[2], PhotoAction.Correct, "moss");
        await DecideAsync(ids[3], PhotoAction.Unusable);
        var agreement = new ReviewAgreement(stores.Database);

        Assert.Equal([new AgreementOfDay(today, 1, 1), new AgreementOfDay(today.AddDays(1), 2, 1)], await agreement.CountByDayAsync(today, Token));
        Assert.Single(await agreement.CountByDayAsync(today.AddDays(1), Token));

        async Task DecideAsync(long id, PhotoAction action, string? label = null) => Assert.Null(
            (await stores.Desk.DecideAsync(new ReviewDecision(id, action, label), "anna", Token)).Refusal);
    }

    /// <summary>Five photos of a class are not few.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public async Task TakeAsync_gives_typical_photos_first_while_few_have_a_label(int labelled, bool isTypicalFirst)
    {
        var stores = Open(new ReviewOptions { RandomShare = 0 });
        await AddLabelledAsync(stores, labelled);

        // What is alone is no photo to learn a class by, however uncertain the model is of it.
        var alone = await stores.UploadAsync([10, 10, 250], probability: 0.51f);
        var heap = new List<long>();
        foreach (var green in new byte[] { 60, 75, 90, 105, 120 })
        {
            heap.Add(await stores.UploadAsync([200, green, 10], probability: 0.99f));
        }

        var taken = await stores.Desk.TakeAsync("anna", cancellationToken: Token);

        Assert.Equal(isTypicalFirst ? heap[2] : alone, Assert.Single(taken).Image.Id);
    }

    [Fact]
    public async Task TakeAsync_gives_the_least_certain_first()
    {
        var stores = Open(new ReviewOptions { RandomShare = 0 });
        await AddLabelledAsync(stores, ofClass: 5);
        var sure = await stores.UploadAsync(Red, probability: 0.99f);
        var unsure = await stores.UploadAsync(Green, probability: 0.51f);

        var taken = await stores.Desk.TakeAsync("anna", 2, cancellationToken: Token);

        Assert.Equal([unsure, sure], taken.Select(photo => photo.Image.Id));
        Assert.All(taken, photo => Assert.Equal(("anna", Time.GetUtcNow().AddMinutes(5)), (photo.Upload!.Holder, photo.Upload!.HeldUntil)));
    }

    [Theory]
    [InlineData(ReviewOrder.Newest)]
    [InlineData(ReviewOrder.Oldest)]
    public async Task TakeAsync_by_age_gives_them_in_that_order(ReviewOrder order)
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(5);

        var taken = await stores.Desk.TakeAsync("anna", 3, order, Token);

        Assert.Equal((order == ReviewOrder.Oldest ? ids : ids.AsEnumerable().Reverse()).Take(3), taken.Select(photo => photo.Image.Id));
    }

    [Fact]
    public async Task TakeAsync_nothing_waits_gives_nothing() => Assert.Empty(await Open().Desk.TakeAsync("anna", 5, cancellationToken: Token));

    [Fact]
    public async Task TakeAsync_again_gives_what_the_reviewer_has_with_new_time()
    {
        var stores = Open();
        await stores.UploadSeveralAsync(10);
        var first = await stores.Desk.TakeAsync("anna", 3, cancellationToken: Token);

        Time.Advance(TimeSpan.FromMinutes(2));
        var again = await stores.Desk.TakeAsync("anna", 4, cancellationToken: Token);

        Assert.Equal(first.Select(photo => photo.Image.Id).Order(), again.Take(3).Select(photo => photo.Image.Id).Order());
        Assert.All(again, photo => Assert.Equal(Time.GetUtcNow().AddMinutes(5), photo.Upload!.HeldUntil));
    }

    [Fact]
    public async Task ListHoldersAsync_tells_who_holds_photos_and_until_when()
    {
        var stores = Open();
        await stores.UploadSeveralAsync(10);
        Assert.Empty(await stores.Desk.ListHoldersAsync(Token));
        await stores.Desk.TakeAsync("bert", 2, cancellationToken: Token);
        Time.Advance(TimeSpan.FromMinutes(2));
        await stores.Desk.TakeAsync("anna", 3, cancellationToken: Token);

        var now = Time.GetUtcNow();
        Assert.Equal(
            [new ReviewHolder("bert", 2, now.AddMinutes(3)), new ReviewHolder("anna", 3, now.AddMinutes(5))],
            await stores.Desk.ListHoldersAsync(Token));
        Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(["anna"], (await stores.Desk.ListHoldersAsync(Token)).Select(holder => holder.Reviewer));
    }

    [Fact]
    public async Task TakeAsync_photo_held_by_a_clock_that_was_ahead_is_free()
    {
        var stores = Open();
        await stores.UploadSeveralAsync(3);
        var today = Time.GetUtcNow();
        Time.AdjustTime(today.AddYears(1));
        Assert.Equal(3, (await stores.Desk.TakeAsync("anna", 3, cancellationToken: Token)).Count);

        Time.AdjustTime(today);
        Assert.Equal(3, (await stores.Desk.TakeAsync("bert", 3, cancellationToken: Token)).Count);
    }

    [Fact]
    public async Task TakeAsync_several_reviewers_at_once_never_get_the_same_photo()
    {
        UploadStores[] processes = [Open(), Open()];
        await processes[0].UploadSeveralAsync(24);

        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Task.Run(
            () => processes[number % 2].Desk.TakeAsync($"reviewer {number}", 4, cancellationToken: Token))));

        var ids = taken.SelectMany(photos => photos.Select(photo => photo.Image.Id)).ToList();
        Assert.Equal(ids.Distinct().Count(), ids.Count);
        Assert.NotEmpty(ids);
    }

    [Fact]
    public async Task TakeAsync_lease_over_gives_the_photo_to_another()
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);
        await stores.Desk.TakeAsync("anna", cancellationToken: Token);
        Assert.Empty(await stores.Desk.TakeAsync("ben", cancellationToken: Token));

        Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(id, Assert.Single(await stores.Desk.TakeAsync("ben", cancellationToken: Token)).Image.Id);
        var late = await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);
        Assert.Equal(PhotoRefusal.HeldByAnother, late.Refusal);
    }

    [Fact]
    public async Task ReleaseAsync_gives_photos_back_but_only_the_reviewers_own()
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);
        await stores.Desk.TakeAsync("anna", cancellationToken: Token);

        await stores.Desk.ReleaseAsync("ben", [id], Token);
        Assert.Empty(await stores.Desk.TakeAsync("ben", cancellationToken: Token));

        await stores.Desk.ReleaseAsync("anna", cancellationToken: Token);
        Assert.Single(await stores.Desk.TakeAsync("ben", cancellationToken: Token));
    }

    [Fact]
    public async Task DecideAsync_confirm_moves_the_photo_under_its_label()
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);

        var outcome = await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);

        Assert.True(outcome.IsAccepted);
        var photo = await stores.Search.FindAsync(id, Token);
        Assert.Equal((ImageState.Validated, "dandelion"), (photo!.Image.State, photo.Image.Label));
        Assert.Equal((PhotoAction.Confirm, "anna", Time.GetUtcNow()), (photo.Upload!.Review!.Action, photo.Upload!.Review.Reviewer, photo.Upload!.Review.At));
        Assert.Null(photo.Upload!.Holder);
        Assert.Equal(["raw/new_data/corrected_data/dandelion/" + ContentHash.Of(Red) + ".png"], await stores.KeysAsync());
        Assert.Equal((await stores.KeysAsync())[0], photo.Image.Content!.Key);
    }

    [Theory]
    [InlineData("grass")]
    [InlineData("rocket salad / 🌱")]
    public async Task DecideAsync_correct_to_any_class(string label)
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);

        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Correct, label), "anna", Token);

        var photo = await stores.Search.FindAsync(id, Token);
        Assert.Equal((PhotoAction.Correct, label, "dandelion"), (photo!.Upload!.Review!.Action, photo.Image.Label, photo.Upload!.PredictedLabel));
        Assert.Equal([StorageKeys.Corrected(label, ContentHash.Of(Red), ImageFormat.Png)], await stores.KeysAsync());
    }

    [Fact]
    public async Task DecideAsync_correct_to_the_predicted_label_is_a_confirmation()
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);

        var outcome = await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Correct, "dandelion"), "anna", Token);

        Assert.Equal(PhotoAction.Confirm, outcome.Photo!.Upload!.Review!.Action);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("line\nbreak")]
    public async Task DecideAsync_correct_to_no_label_takes_none_of_the_decisions(string? label)
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(2);

        await Assert.ThrowsAsync<InvalidLabelException>(() => stores.Desk.DecideAsync(
            [new ReviewDecision(ids[0], PhotoAction.Confirm), new ReviewDecision(ids[1], PhotoAction.Correct, label)], "anna", Token));

        Assert.Equal(2, (await stores.Desk.GetProgressAsync(Token)).Pending);
    }

    [Theory]
    [InlineData(PhotoAction.NoneOfThese)]
    [InlineData(PhotoAction.Unusable)]
    public async Task DecideAsync_rejection_keeps_the_photo_out_of_training(PhotoAction action)
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);

        await stores.Desk.DecideAsync(new ReviewDecision(id, action), "anna", Token);

        Assert.Equal(ImageState.Rejected, (await stores.Search.FindAsync(id, Token))!.Image.State);
        Assert.Equal(["raw/new_data/rejected/" + ContentHash.Of(Red) + ".png"], await stores.KeysAsync());
        Assert.Empty(await stores.Validated.CountNewAsync(Token));
    }

    [Fact]
    public async Task DecideAsync_twice_is_refused_and_not_doubled()
    {
        UploadStores[] processes = [Open(), Open()];
        var id = await processes[0].UploadAsync(Red);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => Task.Run(() => processes[number % 2].Desk.DecideAsync(
            new ReviewDecision(id, PhotoAction.Correct, $"class {number}"), $"reviewer {number}", Token))));

        var winner = Assert.Single(outcomes, outcome => outcome.IsAccepted);
        Assert.All(outcomes.Where(outcome => !outcome.IsAccepted), outcome => Assert.Equal(
            (PhotoRefusal.AlreadyDecided, winner.Photo!.Image.Label), (outcome.Refusal, outcome.Photo!.Image.Label)));
        Assert.Equal(2, (await processes[0].Search.ListHistoryAsync(id, Token)).Count);
        Assert.Single(await processes[0].KeysAsync());
    }

    [Theory]
    [InlineData(PhotoAction.Add)]
    [InlineData(PhotoAction.Take)]
    [InlineData(PhotoAction.Withdraw)]
    public async Task DecideAsync_what_is_not_a_reviewers_to_do_takes_none_of_the_decisions(PhotoAction action)
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(2);

        await Assert.ThrowsAsync<ArgumentException>(() => stores.Desk.DecideAsync(
            [new ReviewDecision(ids[0], PhotoAction.Confirm), new ReviewDecision(ids[1], action)], "anna", Token));

        Assert.Equal(2, (await stores.Desk.GetProgressAsync(Token)).Pending);
    }

    [Fact]
    public async Task DecideAsync_unknown_photo_is_refused()
    {
        var outcome = await Open().Desk.DecideAsync(new ReviewDecision(4711, PhotoAction.Confirm), "anna", Token);

        Assert.Equal((4711, PhotoRefusal.NotFound, null), (outcome.ImageId, outcome.Refusal, outcome.Photo));
    }

    [Fact]
    public async Task DecideAsync_in_bulk_takes_those_that_can_be()
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(4);
        await stores.Desk.DecideAsync(new ReviewDecision(ids[1], PhotoAction.Unusable), "ben", Token);

        var outcomes = await stores.Desk.DecideAsync([.. ids.Select(id => new ReviewDecision(id, PhotoAction.Confirm))], "anna", Token);

        Assert.Equal([null, PhotoRefusal.AlreadyDecided, null, null], outcomes.Select(outcome => outcome.Refusal));
        Assert.Equal(new ReviewProgress(0, 0, 3, 1), await stores.Desk.GetProgressAsync(Token));
    }

    [Fact]
    public async Task DecideAsync_undo_lets_the_photo_wait_again()
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);
        var before = await stores.Search.FindAsync(id, Token);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Correct, "grass"), "anna", Token);

        var outcome = await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Undo), "ben", Token);

        Assert.True(outcome.IsAccepted);
        Assert.Equivalent(before, await stores.Search.FindAsync(id, Token), strict: true);
        Assert.Equal([before!.Image.Content!.Key], await stores.KeysAsync());
        Assert.Equal(
            [("anna", PhotoAction.Correct, "dandelion", "grass"), ((string?)"ben", PhotoAction.Undo, (string?)"grass", (string?)"dandelion")],
            (await stores.Search.ListHistoryAsync(id, Token)).Skip(1).Select(item => (item.Actor, item.Action, item.FromLabel, item.ToLabel)));
        Assert.Equal(
            PhotoRefusal.NotDecided, (await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Undo), "ben", Token)).Refusal);
    }

    [Fact]
    public async Task ListLatestEventsAsync_gives_the_newest_first_page_by_page()
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(3);
        await stores.Desk.DecideAsync([.. ids.Select(id => new ReviewDecision(id, PhotoAction.Confirm))], "anna", Token);
        await stores.Desk.DecideAsync(new ReviewDecision(ids[0], PhotoAction.Undo), "ben", Token);

        var (first, second) = (await stores.Desk.ListLatestEventsAsync(0, 3, Token), await stores.Desk.ListLatestEventsAsync(3, 3, Token));

        Assert.Equal(
            [(ids[0], "ben"), (ids[2], "anna"), (ids[1], "anna"), (ids[0], "anna")],
            first.Concat(second).Select(item => (item.ImageId, item.Actor!)));
    }

    [Fact]
    public async Task History_is_found_by_person_decision_and_day_and_counted_by_person()
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(4);
        var today = DateOnly.FromDateTime(Time.GetUtcNow().UtcDateTime);
        await DecideAsync(ids[0], PhotoAction.Confirm, "anna");
        await DecideAsync(ids[1], PhotoAction.NoneOfThese, "anna");
        Time.AdjustTime(Time.GetUtcNow().AddDays(1));
        await DecideAsync(ids[2], PhotoAction.Confirm, "ben");
        await DecideAsync(ids[3], PhotoAction.Confirm, "anna");
        await DecideAsync(ids[3], PhotoAction.Undo, "anna");
        var history = new ReviewHistory(stores.Database);

        Assert.Equal([ids[3], ids[3], ids[2], ids[1], ids[0]], await FindAsync(new ReviewHistoryFilter()));
        Assert.Equal([ids[2]], await FindAsync(new ReviewHistoryFilter("ben")));
        Assert.Equal([ids[3], ids[0]], await FindAsync(new ReviewHistoryFilter("anna", PhotoAction.Confirm)));
        Assert.Equal([ids[1], ids[0]], await FindAsync(new ReviewHistoryFilter(To: today)));
        Assert.Equal([ids[2]], await FindAsync(new ReviewHistoryFilter(Action: PhotoAction.Confirm, Actor: "ben", From: today.AddDays(1), To: DateOnly.MaxValue)));
        Assert.Empty(await FindAsync(new ReviewHistoryFilter("carl")));
        Assert.Equal([ids[3], ids[2]], (await history.ListAsync(new ReviewHistoryFilter(), skip: 1, count: 2, Token)).Select(item => item.ImageId));

        // Whoever is looked for, all are counted to choose from.
        var people = await history.CountAsync(new ReviewHistoryFilter("ben", PhotoAction.Undo), Token);
        Assert.Equal([("anna", 4, 2 / 3.0), ("ben", 1, 1)], people.Select(person => (person.Actor, person.Total, person.Agreement!.Value)));
        Assert.Equal((2, 1, 1, 0), (people[0].Of(PhotoAction.Confirm), people[0].Of(PhotoAction.NoneOfThese), people[0].Of(PhotoAction.Undo), people[0].Of(PhotoAction.Correct)));
        Assert.Equal(["anna"], (await history.CountAsync(new ReviewHistoryFilter(To: today), Token)).Select(person => person.Actor));

        async Task DecideAsync(long id, PhotoAction action, string reviewer) => Assert.Null(
            (await stores.Desk.DecideAsync(new ReviewDecision(id, action), reviewer, Token)).Refusal);

        async Task<List<long>> FindAsync(ReviewHistoryFilter filter) => await history.StreamAsync(filter, Token).Select(item => item.ImageId).ToListAsync(Token);
    }

    [Fact]
    public async Task DecideAsync_undo_after_a_retraining_took_the_photo_is_refused()
    {
        var stores = Open();
        var id = await stores.UploadAsync(Red);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);
        await stores.Validated.ClaimAsync("run 1", Token);

        var outcome = await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Undo), "anna", Token);

        Assert.Equal(PhotoRefusal.AlreadyTaken, outcome.Refusal);
    }

    [Fact]
    public async Task DecideAsync_store_out_of_reach_stands_and_the_object_follows()
    {
        var stores = Open(decorate: store => new NoCopyStore(store));
        var id = await stores.UploadAsync(Red);

        Assert.True((await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token)).IsAccepted);
        Assert.Equal(StorageKeys.Pending(ContentHash.Of(Red), ImageFormat.Png), Assert.Single(await stores.KeysAsync()));

        var report = await Open().Reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Equal(id, Assert.Single(report.Misplaced).Id);
        Assert.StartsWith(StorageKeys.CorrectedPrefix, Assert.Single(await stores.KeysAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Photo_is_never_lost_however_decisions_and_undoings_overlap()
    {
        UploadStores[] processes = [Open(), Open()];
        var id = await processes[0].UploadAsync(Red);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var desk = processes[worker % 2].Desk;
            for (var round = 0; round < 12; round++)
            {
                var decision = ((worker + round) % 4) switch
                {
                    0 => new ReviewDecision(id, PhotoAction.Confirm),
                    1 => new ReviewDecision(id, PhotoAction.Correct, "grass"),
                    2 => new ReviewDecision(id, PhotoAction.Unusable),
                    _ => new ReviewDecision(id, PhotoAction.Undo),
                };
                await desk.DecideAsync(decision, $"reviewer {worker}", Token);
            }
        })));

        var photo = await processes[0].Search.FindAsync(id, Token);
        var key = photo!.Image.Content!.Key;
        Assert.Equal(Red, await processes[0].Store.ReadVerifiedAsync(key, ContentHash.Of(Red), Token));
        Assert.Equal([key], await processes[0].KeysAsync());
        Assert.Equal(ImageRelocator.Destination(photo.Image), key);
    }

    [Fact]
    public async Task ListAsync_pages_from_the_newest()
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(7);

        var first = await stores.Search.FindAsync(new PhotoFilter { State = ImageState.Pending, IsUpload = true }, count: 4, cancellationToken: Token);
        var second = await stores.Search.FindAsync(new PhotoFilter { State = ImageState.Pending, IsUpload = true }, first[^1].Image.Id, 4, Token);

        Assert.Equal(ids.AsEnumerable().Reverse(), first.Concat(second).Select(photo => photo.Image.Id));
    }

    [Fact]
    public async Task GetProgressAsync_counts_each_state()
    {
        var stores = Open();
        await stores.UploadAsync(Red);
        await stores.UploadAsync(Blue);
        var green = await stores.UploadAsync(Green);
        await stores.Desk.DecideAsync(new ReviewDecision(green, PhotoAction.Confirm), "anna", Token);
        await stores.Desk.TakeAsync("anna", cancellationToken: Token);

        Assert.Equal(new ReviewProgress(2, 1, 1, 0), await stores.Desk.GetProgressAsync(Token));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, (await stores.Desk.GetProgressAsync(Token)).Held);
    }

    private static async Task AddLabelledAsync(UploadStores stores, int ofClass)
    {
        for (byte number = 1; number <= ofClass; number++)
        {
            await TestStores.AddAsync(stores.Store, stores.Catalog, "dandelion", [number, 0, 240]);
            await TestStores.AddAsync(stores.Store, stores.Catalog, "grass", [0, number, 240]);
        }
    }

    private sealed class NoCopyStore(IImageStore inner) : StoreDecorator(inner)
    {
        public override Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default) =>
            throw new StorageUnavailableException("The store is out of reach.");
    }
}
