using DandelionMl.Catalog;
using DandelionMl.Labels;

namespace DandelionMl.Testing.Conformance;

/// <summary>The contract of every <see cref="IImageCatalog"/>.</summary>
/// <remarks>Override <see cref="Open"/>. It is called several times in a test, and each time gives the same catalog, as another process would
/// see it: a new connection to one database, say.</remarks>
/// <example>
/// <code>
/// public sealed class MongoImageCatalogTests : ImageCatalogConformance
/// {
///     private readonly string _database = $"test-{Guid.NewGuid():N}";
///
///     protected override IImageCatalog Open() => new MongoImageCatalog(_database);
/// }
/// </code>
/// </example>
public abstract class ImageCatalogConformance : ConformanceSuite
{
    /// <summary>Opens the catalog of this test, which is empty at first. Called again, it opens the same catalog as another process
    /// would.</summary>
    protected abstract IImageCatalog Open();

    [Fact]
    public async Task Register_new_sources_inserts_them()
    {
        Assert.Equal(2, await Open().RegisterAsync([Entry("a"), Entry("b", "grass")], Cancellation));

        var image = await Open().FindBySourceAsync(Source("b"), Cancellation);
        Assert.NotNull(image);
        Assert.Equal((Source("b"), "grass", ImageState.Registered), (image.UrlSource, image.Label, image.State));
        Assert.Null(image.Content);
        Assert.Equal(image.CreatedAt, image.UpdatedAt);
        Assert.Equal(TimeSpan.Zero, image.CreatedAt.Offset);
    }

    [Fact]
    public async Task Find_gives_the_row_by_its_id_or_none()
    {
        await Open().RegisterAsync([Entry("a")], Cancellation);
        var image = await Open().FindBySourceAsync(Source("a"), Cancellation);

        Assert.Equal(image, await Open().FindAsync(image!.Id, Cancellation));
        Assert.Null(await Open().FindAsync(image.Id + 1, Cancellation));
    }

    [Fact]
    public async Task Register_known_sources_inserts_none()
    {
        await Open().RegisterAsync([Entry("a", "grass")], Cancellation);

        Assert.Equal(1, await Open().RegisterAsync([Entry("a", "grass"), Entry("b"), Entry("b")], Cancellation));
        Assert.Equal("grass", (await Open().FindBySourceAsync(Source("a"), Cancellation))!.Label);
    }

    [Fact]
    public async Task Register_known_source_again_takes_the_new_label_until_its_bytes_are_stored()
    {
        await Open().RegisterAsync([Entry("a", "gras"), Entry("b", "gras")], Cancellation);
        await Open().RegisterAsync([Entry("a", "grass"), Entry("c"), Entry("c", "late")], Cancellation);
        var image = await Open().FindBySourceAsync(Source("a"), Cancellation);
        Assert.Equal(("grass", ImageState.Registered), (image!.Label, image.State));
        Assert.Equal("gras", (await Open().FindBySourceAsync(Source("b"), Cancellation))!.Label);
        Assert.NotEqual("late", (await Open().FindBySourceAsync(Source("c"), Cancellation))!.Label);

        await Open().MarkStoredAsync(image.Id, Content("a"), Cancellation);
        Assert.Equal(0, await Open().RegisterAsync([Entry("a", "dandelion")], Cancellation));
        Assert.Equal("grass", (await Open().FindBySourceAsync(Source("a"), Cancellation))!.Label);
        Assert.Empty(await Open().FindCorrectedAsync([image.Id], Cancellation));
    }

    [Fact]
    public async Task Register_nothing_inserts_nothing() => Assert.Equal(0, await Open().RegisterAsync([], Cancellation));

    [Fact]
    public async Task Register_invalid_entry_inserts_none()
    {
        await Assert.ThrowsAsync<InvalidLabelException>(() => Open().RegisterAsync([Entry("a"), Entry("b", "")], Cancellation));
        await Assert.ThrowsAsync<InvalidLabelException>(() => Open().RegisterAsync([Entry("a", new string('x', 51))], Cancellation));
        await Assert.ThrowsAsync<InvalidLabelException>(() => Open().RegisterAsync([Entry("a", "nul\0")], Cancellation));
        await Assert.ThrowsAsync<InvalidLabelException>(() => Open().RegisterAsync([Entry("a", "half \ud83c")], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(
            () => Open().RegisterAsync([Entry("a"), new ManifestEntry("https://" + new string('x', 2_041), "x")], Cancellation));

        Assert.Empty(await ListAsync(ImageState.Registered));
    }

    [Theory]
    [InlineData("Löwenzahn 🌼 'x'; DROP TABLE plants_data; --")]
    [InlineData("..")]
    [InlineData("a/b\\c")]
    public async Task Register_any_label_reads_back(string label)
    {
        await Open().RegisterAsync([Entry("a", label)], Cancellation);

        Assert.Equal(label, (await Open().FindBySourceAsync(Source("a"), Cancellation))!.Label);
    }

    [Fact]
    public async Task Register_cancelled_inserts_none()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Open().RegisterAsync([Entry("a")], new CancellationToken(canceled: true)));

        Assert.Empty(await ListAsync(ImageState.Registered));
    }

    [Fact]
    public async Task Register_thousands_inserts_each_once()
    {
        var entries = Enumerable.Range(0, 2_345).Select(i => Entry($"{i:D5}")).ToList();

        Assert.Equal(2_345, await Open().RegisterAsync(entries, Cancellation));
        Assert.Equal(0, await Open().RegisterAsync(entries, Cancellation));
        Assert.Equal(entries.Select(entry => entry.UrlSource), (await ListAsync(ImageState.Registered)).Select(image => image.UrlSource));
    }

    [Fact]
    public async Task Register_the_same_from_two_at_once_inserts_each_once()
    {
        var entries = Enumerable.Range(0, 700).Select(i => Entry($"{i:D5}")).ToList();
        var reversed = entries.AsEnumerable().Reverse().ToList();
        var (first, second) = (Open(), Open());

        var inserted = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => (i % 2 == 0 ? first : second).RegisterAsync(i % 3 == 0 ? entries : reversed, Cancellation))));
        Assert.Equal(700, inserted.Sum());
        Assert.Equal(700, (await ListAsync(ImageState.Registered)).Count);
    }

    [Fact]
    public async Task MarkStored_registered_image_keeps_content()
    {
        var id = await RegisterAsync("a");
        var marked = await Open().MarkStoredAsync(id, Content("a"), Cancellation);

        Assert.Equal(ImageState.Stored, marked.State);
        Assert.Equal(Content("a"), marked.Content);
        Assert.True(marked.UpdatedAt >= marked.CreatedAt);
        Assert.Equal(marked, await Open().FindBySourceAsync(Source("a"), Cancellation));
        Assert.Equal(marked, await Open().FindBySha256Async(Sha256("a"), Cancellation));
    }

    [Fact]
    public async Task MarkStored_again_changes_nothing()
    {
        var id = await RegisterAsync("a");
        var first = await Open().MarkStoredAsync(id, Content("a"), Cancellation);

        Assert.Equal(first, await Open().MarkStoredAsync(id, Content("a"), Cancellation));
        Assert.Equal(first, await Open().MarkStoredAsync(id, Content("other"), Cancellation));
    }

    [Fact]
    public async Task MarkStored_known_bytes_makes_a_duplicate_with_their_content()
    {
        var original = await Open().MarkStoredAsync(await RegisterAsync("a"), Content("a"), Cancellation);
        var duplicate = await Open().MarkStoredAsync(
            await RegisterAsync("b"), Content("a") with { Key = "raw/other/x.jpg" }, Cancellation);

        Assert.Equal(ImageState.Duplicate, duplicate.State);
        Assert.Equal(original.Content, duplicate.Content);
        Assert.Equal(original.Id, (await Open().FindBySha256Async(Sha256("a"), Cancellation))!.Id);
        Assert.Equal(duplicate, await Open().MarkStoredAsync(duplicate.Id, Content("a"), Cancellation));
        Assert.Equal([original], await ListAsync(ImageState.Stored));
        Assert.Equal([duplicate], await ListAsync(ImageState.Duplicate));
    }

    [Fact]
    public async Task MarkStored_the_same_bytes_many_times_at_once_stores_one()
    {
        const int count = 24;
        await Open().RegisterAsync([.. Enumerable.Range(0, count).Select(i => Entry($"{i:D2}"))], Cancellation);
        var ids = (await ListAsync(ImageState.Registered)).Select(image => image.Id);
        var (first, second) = (Open(), Open());

        var marked = await Task.WhenAll(ids.Select((id, i) => Task.Run(
            () => (i % 2 == 0 ? first : second).MarkStoredAsync(id, Content("same"), Cancellation))));
        Assert.Single(marked, image => image.State == ImageState.Stored);
        Assert.Equal(count - 1, marked.Count(image => image.State == ImageState.Duplicate));
        Assert.Single(await ListAsync(ImageState.Stored));
    }

    [Fact]
    public async Task MarkStored_unknown_id_throws()
    {
        var thrown = await Assert.ThrowsAsync<ImageNotFoundException>(() => Open().MarkStoredAsync(4711, Content("a"), Cancellation));

        Assert.Equal(4711, thrown.Id);
        Assert.Null(await Open().FindBySha256Async(Sha256("a"), Cancellation));
    }

    [Fact]
    public async Task Find_unknown_gives_null()
    {
        Assert.Null(await Open().FindBySourceAsync(Source("a"), Cancellation));
        Assert.Null(await Open().FindBySha256Async(Sha256("a"), Cancellation));
    }

    [Fact]
    public async Task MarkStored_several_gives_them_in_their_order()
    {
        var ids = await RegisterAsync(250);
        ids.Reverse();

        var marked = await Open().MarkStoredAsync([.. ids.Select(id => KeyValuePair.Create(id, Content($"{id}")))], Cancellation);
        Assert.Equal(ids, marked.Select(image => image.Id));
        Assert.All(marked, image => Assert.Equal((ImageState.Stored, Content($"{image.Id}")), (image.State, image.Content)));
        Assert.Equal(marked.Reverse(), await ListAsync(ImageState.Stored));
        Assert.Empty(await Open().MarkStoredAsync([], Cancellation));
    }

    [Fact]
    public async Task MarkStored_several_of_the_same_bytes_lets_the_first_given_stand_for_all()
    {
        var ids = await RegisterAsync(4);
        await Open().MarkStoredAsync(ids[3], Content("own"), Cancellation);

        // The very first has bytes of its own already, so it can't stand for these.
        var same = Content("same");
        var marked = await Open().MarkStoredAsync(
            [new(ids[3], same), new(ids[2], same), new(ids[0], same with { Key = "raw/other/x.jpg" }), new(ids[1], Content("own"))], Cancellation);
        Assert.Equal(
            [ImageState.Stored, ImageState.Stored, ImageState.Duplicate, ImageState.Duplicate], marked.Select(image => image.State));
        Assert.Equal([Content("own"), same, same, Content("own")], marked.Select(image => image.Content!));
        Assert.Equal(ids[2], (await Open().FindBySha256Async(same.Sha256, Cancellation))!.Id);
    }

    [Fact]
    public async Task MarkStored_several_again_changes_nothing()
    {
        var ids = await RegisterAsync(3);
        List<KeyValuePair<long, StoredContent>> images = [new(ids[0], Content("a")), new(ids[1], Content("b")), new(ids[2], Content("a"))];
        var first = await Open().MarkStoredAsync(images, Cancellation);

        Assert.Equal(first, await Open().MarkStoredAsync(images, Cancellation));
    }

    [Fact]
    public async Task MarkStored_several_one_of_them_unknown_throws()
    {
        var ids = await RegisterAsync(1);

        var thrown = await Assert.ThrowsAsync<ImageNotFoundException>(
            () => Open().MarkStoredAsync([new(4711, Content("b")), new(ids[0], Content("a"))], Cancellation));
        Assert.Equal(4711, thrown.Id);
        Assert.Empty(await ListAsync(ImageState.Stored));
    }

    [Fact]
    public async Task MarkStored_several_by_many_at_once_lets_one_stand_for_each_bytes()
    {
        var ids = await RegisterAsync(60);
        List<KeyValuePair<long, StoredContent>> images = [.. ids.Select((id, i) => KeyValuePair.Create(id, Content($"{i % 20}")))];
        var reversed = images.AsEnumerable().Reverse().ToList();
        var (first, second) = (Open(), Open());
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(
            () => (i % 2 == 0 ? first : second).MarkStoredAsync(i % 3 == 0 ? images : reversed, Cancellation))));

        var stored = await ListAsync(ImageState.Stored);
        Assert.Equal(20, stored.DistinctBy(image => image.Content!.Sha256).Count());
        Assert.Equal((20, 40, 0), (stored.Count, (await ListAsync(ImageState.Duplicate)).Count, (await ListAsync(ImageState.Registered)).Count));
    }

    [Fact]
    public async Task Find_several_gives_those_that_are_there()
    {
        var ids = await RegisterAsync(230);
        await Open().MarkStoredAsync([.. ids.Take(210).Select(id => KeyValuePair.Create(id, Content($"{id % 205}")))], Cancellation);
        string[] hashes = [.. ids.Select(id => Sha256($"{id % 205}")), Sha256("missing"), Sha256("missing")];

        var bySha256 = await Open().FindBySha256Async(hashes, Cancellation);
        Assert.Equal(205, bySha256.Count);
        Assert.All(bySha256, pair => Assert.Equal((pair.Key, ImageState.Stored), (pair.Value.Content!.Sha256, pair.Value.State)));
        var bySource = await Open().FindBySourceAsync([.. Enumerable.Range(0, 300).Select(i => Source($"{i:D5}"))], Cancellation);
        Assert.Equal(ids, bySource.Values.Select(image => image.Id).Order());
        Assert.All(bySource, pair => Assert.Equal(pair.Key, pair.Value.UrlSource));
        Assert.Empty(await Open().FindBySha256Async([], Cancellation));
        Assert.Empty(await Open().FindBySourceAsync([], Cancellation));
    }

    [Fact]
    public async Task List_while_states_change_gives_each_once_by_id()
    {
        await Open().RegisterAsync([.. Enumerable.Range(0, 1_203).Select(i => Entry($"{i:D5}"))], Cancellation);
        var seen = new List<long>();
        await foreach (var image in Open().ListAsync(ImageState.Registered, Cancellation))
        {
            seen.Add(image.Id);
            if (seen.Count % 100 == 0)
            {
                await Open().MarkStoredAsync(image.Id, Content(image.UrlSource), Cancellation);
            }
        }

        Assert.Equal(1_203, seen.Count);
        Assert.Equal(seen.Distinct().Order(), seen);
        Assert.Equal(12, (await ListAsync(ImageState.Stored)).Count);
    }

    [Fact]
    public async Task CountByLabel_counts_one_state()
    {
        await Open().RegisterAsync([Entry("a", "grass"), Entry("b", "grass"), Entry("c", "Grass"), Entry("d", "dandelion")], Cancellation);
        await Open().MarkStoredAsync((await Open().FindBySourceAsync(Source("b"), Cancellation))!.Id, Content("b"), Cancellation);

        var registered = await Open().CountByLabelAsync(ImageState.Registered, Cancellation);
        Assert.Equal(
            [("Grass", 1L), ("dandelion", 1), ("grass", 1)],
            registered.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal(1, Assert.Single(await Open().CountByLabelAsync(ImageState.Stored, Cancellation)).Value);
        Assert.Empty(await Open().CountByLabelAsync(ImageState.Duplicate, Cancellation));
    }

    [Fact]
    public async Task MarkLost_stored_image_is_registered_again_and_can_be_stored_again()
    {
        var id = await RegisterAsync("a");
        await Open().MarkStoredAsync(id, Content("a"), Cancellation);

        Assert.True(await Open().MarkLostAsync(id, Cancellation));
        var lost = Assert.Single(await ListAsync(ImageState.Registered));
        Assert.Equal((id, null), (lost.Id, lost.Content));
        Assert.Null(await Open().FindBySha256Async(Content("a").Sha256, Cancellation));

        Assert.Equal(ImageState.Stored, (await Open().MarkStoredAsync(id, Content("a"), Cancellation)).State);
    }

    [Fact]
    public async Task MarkLost_image_that_is_not_stored_is_left()
    {
        var id = await RegisterAsync("a");

        Assert.False(await Open().MarkLostAsync(id, Cancellation));
        Assert.False(await Open().MarkLostAsync(id + 1, Cancellation));
    }

    private static string Source(string name) => $"https://example.org/{name}.jpg";

    private static ManifestEntry Entry(string name, string label = "dandelion") => new(Source(name), label);

    private static StoredContent Content(string name) =>
        new($"raw/dandelion/{Sha256(name)}.jpg", new Uri($"https://store.example.org/{Sha256(name)}"), Sha256(name), 5_000_000_000);

    private async Task<long> RegisterAsync(string name)
    {
        await Open().RegisterAsync([Entry(name)], Cancellation);
        return (await Open().FindBySourceAsync(Source(name), Cancellation))!.Id;
    }

    /// <returns>Their ids, ascending.</returns>
    private async Task<List<long>> RegisterAsync(int count)
    {
        await Open().RegisterAsync([.. Enumerable.Range(0, count).Select(i => Entry($"{i:D5}"))], Cancellation);
        return [.. (await ListAsync(ImageState.Registered)).Select(image => image.Id)];
    }

    private Task<List<CatalogImage>> ListAsync(ImageState state) => ToListAsync(Open().ListAsync(state, Cancellation));
}
