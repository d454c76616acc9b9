using DandelionMl.Catalog;
using DandelionMl.Labels;
using DandelionMl.Photos;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public abstract class PhotoSearchSuite(TestDatabase database) : UploadSuite(database)
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd";

    private int _stored;

    [Fact]
    public async Task FindAsync_gives_the_newest_first_page_by_page()
    {
        var stores = Open();
        var ids = await AddAsync(stores, "dandelion", 7);

        var first = await stores.Search.FindAsync(new PhotoFilter(), count: 3, cancellationToken: Token);
        var second = await stores.Search.FindAsync(new PhotoFilter(), first[^1].Image.Id, 3, Token);
        var third = await stores.Search.FindAsync(new PhotoFilter(), second[^1].Image.Id, 3, Token);

        Assert.Equal(ids.AsEnumerable().Reverse(), first.Concat(second).Concat(third).Select(photo => photo.Image.Id));
        Assert.Equal(7, await stores.Search.CountAsync(new PhotoFilter(), Token));
    }

    [Fact]
    public async Task FindNeighboursAsync_gives_the_next_of_the_same_search_on_both_sides()
    {
        var stores = Open();
        var dandelions = await AddAsync(stores, "dandelion", 2);
        var grass = await AddAsync(stores, "grass", 1);
        var last = await AddAsync(stores, "dandelion", 1);
        var filter = new PhotoFilter { Label = "dandelion" };

        Assert.Equal((last[0], dandelions[0]), await FindNeighboursAsync(filter, dandelions[1]));
        Assert.Equal((last[0], dandelions[1]), await FindNeighboursAsync(filter, grass[0]));
        Assert.Equal((null, dandelions[1]), await FindNeighboursAsync(filter, last[0]));
        Assert.Equal((grass[0], dandelions[0]), await FindNeighboursAsync(new PhotoFilter(), dandelions[1]));
        Assert.Equal((null, null), await FindNeighboursAsync(new PhotoFilter { Label = "moss" }, grass[0]));
        Assert.Equal((dandelions[0], grass[0]), await FindNeighboursAsync(new PhotoFilter(), dandelions[1], PhotoOrder.Oldest));
        Assert.Equal((dandelions[1], grass[0]), await FindNeighboursAsync(new PhotoFilter(), last[0], PhotoOrder.Label));

        async Task<(long?, long?)> FindNeighboursAsync(PhotoFilter photos, long id, PhotoOrder order = PhotoOrder.Newest) =>
            await stores.Search.FindNeighboursAsync(photos, order, PhotoPlace.Of((await stores.Search.FindAsync(id, Token))!), Token);
    }

    [Theory]
    [InlineData(PhotoOrder.Newest, "5 4 3 2 1 0")]
    [InlineData(PhotoOrder.Oldest, "0 1 2 3 4 5")]
    [InlineData(PhotoOrder.Label, "1 2 5 0 3 4")]
    [InlineData(PhotoOrder.State, "4 0 1 2 3 5")]
    internal async Task FindAsync_gives_each_photo_once_in_any_order_page_by_page(PhotoOrder order, string expected)
    {
        var stores = Open();
        List<long> ids =
        [
            .. await AddAsync(stores, "grass", 1), .. await AddAsync(stores, "dandelion", 2), .. await AddAsync(stores, "grass", 1),
            await stores.UploadAsync([1, 2, 3], "moss"), .. await AddAsync(stores, "dandelion", 1),
        ];
        var found = new List<Photo>();
        for (var page = (IReadOnlyList<Photo>?)null; page is not { Count: 0 }; found.AddRange(page))
        {
            page = await stores.Search.FindAsync(new PhotoFilter(), order, found.Count == 0 ? null : PhotoPlace.Of(found[^1]), 2, Token);
        }

        Assert.Equal(expected, string.Join(' ', found.Select(photo => ids.IndexOf(photo.Image.Id))));
        Assert.Equal(found, await stores.Search.StreamAsync(new PhotoFilter(), order, Token).ToListAsync(Token));
        Assert.Equal(
            found.Select(photo => photo.Image.Id).Where(id => id != ids[4]),
            (await stores.Search.FindAsync(new PhotoFilter { State = ImageState.Stored }, order, null, 10, Token)).Select(photo => photo.Image.Id));
    }

    [Fact]
    public async Task FindAsync_page_begins_where_it_began_though_the_photo_before_it_was_relabelled()
    {
        var stores = Open();
        var ids = await AddAsync(stores, "dandelion", 4);
        var first = await stores.Search.FindAsync(new PhotoFilter(), PhotoOrder.Label, null, 2, Token);
        await stores.Editor.RelabelAsync(first[^1].Image.Id, "moss", "anna", cancellationToken: Token);

        var second = await stores.Search.FindAsync(new PhotoFilter(), PhotoOrder.Label, PhotoPlace.Of(first[^1]), 2, Token);

        Assert.Equal(ids[2..], second.Select(photo => photo.Image.Id));
    }

    [Fact]
    public async Task FindAsync_by_label_and_state_and_day()
    {
        var stores = Open();
        var dandelions = await AddAsync(stores, "dandelion", 2);
        Time.Advance(TimeSpan.FromDays(1));
        var grass = await AddAsync(stores, "grass", 2);
        var upload = await stores.UploadAsync([1, 2, 3], "grass");

        Assert.Equal([dandelions[1], dandelions[0]], await IdsAsync(stores, new PhotoFilter { Label = "dandelion" }));
        Assert.Equal([upload, grass[1], grass[0]], await IdsAsync(stores, new PhotoFilter { Label = "grass" }));
        Assert.Equal([upload], await IdsAsync(stores, new PhotoFilter { Label = "grass", State = ImageState.Pending }));
        Assert.Empty(await IdsAsync(stores, new PhotoFilter { Label = "Grass" }));
        Assert.Equal([upload, grass[1], grass[0]], await IdsAsync(stores, new PhotoFilter { AddedFrom = Time.GetUtcNow() }));
        Assert.Equal(
            [dandelions[1], dandelions[0]],
            await IdsAsync(stores, new PhotoFilter { AddedBefore = Time.GetUtcNow().ToOffset(TimeSpan.FromHours(9)) }));
        Assert.Empty(await IdsAsync(stores, new PhotoFilter { AddedFrom = Time.GetUtcNow(), Label = "dandelion" }));
    }

    [Theory]
    [InlineData("EXAMPLE.org/a%20_b", "a")]
    [InlineData("%20_b", "a")]
    [InlineData("a_", "")]
    [InlineData("%", "a")]
    [InlineData("!", "b")]
    [InlineData("Ma Photo", "upload")]
    [InlineData("photo été.jpg", "upload")]
    [InlineData("' OR 1=1 --", "")]
    [InlineData(@"\", "")]
    [InlineData("\0 \u0007", "upload b a")]
    public async Task FindAsync_by_a_part_of_the_source_takes_it_literally(string text, string expected)
    {
        var stores = Open();
        var ids = new Dictionary<long, string>
        {
            [await AddAsync(stores, "https://example.org/a%20_b.jpg", "grass")] = "a",
            [await AddAsync(stores, "https://example.org/ab!.jpg", "grass")] = "b",
        };
        byte[] photo = [1, 2, 3];
        ids[(await stores.Intake.SubmitAsync(photo, UploadStores.Predict(photo), "Ma Photo été.jpg", Token)).ImageId] = "upload";

        var found = await stores.Search.FindAsync(new PhotoFilter { Source = text }, cancellationToken: Token);

        Assert.Equal(expected, string.Join(' ', found.Select(item => ids[item.Image.Id])));
        Assert.Equal(found.Count, await stores.Search.CountAsync(new PhotoFilter { Source = text }, Token));
        Assert.All(found, item => Assert.Equal(ids[item.Image.Id] == "upload" ? "Ma Photo été.jpg" : null, item.Upload?.FileName));
    }

    [Fact]
    public async Task FindAsync_by_half_a_character_finds_nothing() =>
        Assert.Empty(await Open().Search.FindAsync(new PhotoFilter { Source = "\ud800" }, cancellationToken: Token));

    [Fact]
    public async Task FindAsync_by_what_is_no_label_is_refused() => await Assert.ThrowsAsync<InvalidLabelException>(
        () => Open().Search.FindAsync(new PhotoFilter { Label = "\0" }, cancellationToken: Token));

    [Fact]
    public async Task CountByLabelAsync_counts_every_label_and_state()
    {
        var stores = Open();
        await AddAsync(stores, "grass", 3);
        await AddAsync(stores, "Dandelion", 2);
        await stores.UploadAsync([1, 2, 3], "grass");
        await stores.Catalog.RegisterAsync([new ManifestEntry("https://example.org/later.jpg", "grass")], Token);

        Assert.Equal(
            [
                new PhotoCount("Dandelion", ImageState.Stored, 2),
                new PhotoCount("grass", ImageState.Registered, 1),
                new PhotoCount("grass", ImageState.Stored, 3),
                new PhotoCount("grass", ImageState.Pending, 1),
            ],
            await stores.Search.CountByLabelAsync(Token));
    }

    [Fact]
    public async Task CountByDayAsync_counts_by_the_day_in_utc_and_leaves_out_duplicates_and_what_never_came()
    {
        var stores = Open();
        var today = new DateOnly(2025, 3, 3);
        Time.SetUtcNow(new DateTimeOffset(2025, 3, 3, 23, 59, 59, TimeSpan.Zero).AddTicks(9_999_990));
        await AddAsync(stores, "grass", 2);
        Time.SetUtcNow(new DateTimeOffset(2025, 3, 4, 0, 0, 0, TimeSpan.Zero));
        await AddAsync(stores, "grass", 1);
        await AddAsync(stores, "dandelion", 1);
        var twin = await stores.Catalog.FindAsync(1, Token);
        await stores.Catalog.RegisterAsync([new ManifestEntry("test:twin", "grass"), new ManifestEntry("test:never-fetched", "grass")], Token);
        await stores.Catalog.MarkStoredAsync((await stores.Catalog.FindBySourceAsync("test:twin", Token))!.Id, twin!.Content!, Token);
        Time.SetUtcNow(new DateTimeOffset(2025, 3, 6, 12, 0, 0, TimeSpan.Zero));
        await AddAsync(stores, "grass", 1);

        Assert.Equal(
            [
                new PhotoIntake(today, "grass", 2),
                new PhotoIntake(today.AddDays(1), "dandelion", 1),
                new PhotoIntake(today.AddDays(1), "grass", 1),
                new PhotoIntake(today.AddDays(3), "grass", 1),
            ],
            await stores.Search.CountByDayAsync(today, today.AddDays(365), Token));
        Assert.Equal(2, (await stores.Search.CountByDayAsync(today.AddDays(1), today.AddDays(1), Token)).Count);
        Assert.Empty(await stores.Search.CountByDayAsync(today.AddDays(-9), today.AddDays(-1), Token));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(366)]
    public async Task CountByDayAsync_of_no_day_or_too_many_is_refused(int days)
    {
        var first = new DateOnly(2025, 3, 3);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Open().Search.CountByDayAsync(first, first.AddDays(days), Token));
    }

    [Fact]
    public async Task FindAsync_unknown_photo_gives_nothing()
    {
        Assert.Null(await Open().Search.FindAsync(1, Token));
        Assert.Empty(await Open().Similar.FindAsync(1, cancellationToken: Token));
    }

    [Fact]
    public async Task Similar_gives_the_nearest_first_without_the_photo_itself()
    {
        var stores = Open();
        await stores.Selection.SelectAsync(cancellationToken: Token);
        var red = await stores.UploadAsync([250, 0, 0]);
        var reddish = await stores.UploadAsync([250, 60, 0]);
        var green = await stores.UploadAsync([0, 250, 0]);

        var similar = await stores.Similar.FindAsync(red, cancellationToken: Token);

        Assert.Equal([reddish, green], similar.Select(photo => photo.Photo.Image.Id));
        Assert.Equal(0, similar[1].Similarity, 3);
        Assert.Equal(reddish, Assert.Single(await stores.Similar.FindAsync(red, 1, Token)).Photo.Image.Id);
    }

    [Fact]
    public async Task Similar_embeds_a_photo_that_no_training_has_seen()
    {
        var stores = Open();
        await stores.Selection.SelectAsync(cancellationToken: Token);
        var red = await stores.UploadAsync([250, 0, 0]);
        using var folder = new TemporaryFolder();
        folder.Write("dandelion/new.png", [240, 10, 0]);
        await stores.IngestAsync(folder.Path);
        var ingested = Assert.Single(await IdsAsync(stores, new PhotoFilter { State = ImageState.Stored }));

        Assert.Equal(red, Assert.Single(await stores.Similar.FindAsync(ingested, cancellationToken: Token)).Photo.Image.Id);
        Assert.Equal(ingested, Assert.Single(await stores.Similar.FindAsync(red, cancellationToken: Token)).Photo.Image.Id);
    }

    [Fact]
    public async Task Similar_to_a_duplicate_gives_the_photo_that_stands_for_both()
    {
        var stores = Open();
        await stores.Selection.SelectAsync(cancellationToken: Token);
        using var folder = new TemporaryFolder();
        folder.Write("dandelion/a.png", [240, 10, 0]);
        folder.Write("dandelion/b.png", [240, 10, 0]);
        await stores.IngestAsync(folder.Path);
        var duplicate = Assert.Single(await IdsAsync(stores, new PhotoFilter { State = ImageState.Duplicate }));

        var twin = Assert.Single(await stores.Similar.FindAsync(duplicate, cancellationToken: Token));

        Assert.Equal(ImageState.Stored, twin.Photo.Image.State);
        Assert.Equal(1, twin.Similarity, 5);
    }

    private static async Task<List<long>> IdsAsync(UploadStores stores, PhotoFilter filter) =>
        [.. (await stores.Search.FindAsync(filter, cancellationToken: Token)).Select(photo => photo.Image.Id)];

    private async Task<List<long>> AddAsync(UploadStores stores, string label, int count)
    {
        var ids = new List<long>();
        for (var number = 0; number < count; number++)
        {
            ids.Add(await AddAsync(stores, $"test:{_stored}", label));
        }

        return ids;
    }

    private async Task<long> AddAsync(UploadStores stores, string source, string label)
    {
        await stores.Catalog.RegisterAsync([new ManifestEntry(source, label)], Token);
        var row = await stores.Catalog.FindBySourceAsync(source, Token);
        var content = new StoredContent($"raw/x/{_stored}.png", new Uri("https://store.example/x"), $"{Hash}{_stored++:x2}", 3);
        return (await stores.Catalog.MarkStoredAsync(row!.Id, content, Token)).Id;
    }
}
