using System.Runtime.CompilerServices;
using System.Text;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Data;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Pairing;

public sealed class StorePairingTests : IAsyncDisposable
{
    private readonly TestStores _first = new();
    private readonly TestStores _second = new();

    [Fact]
    public async Task EnsureAsync_new_store_and_database_joins_them_for_all_processes()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new StorePairing(_first.Database, _first.Store).EnsureAsync(Token).AsTask()));

        await new StorePairing(_first.Database, _first.Store).CheckAsync(Token);
        Assert.Equal([StorePairing.Key], await _first.Store.ListAsync("", Token).Select(item => item.Key).ToListAsync(Token));
    }

    [Fact]
    public async Task EnsureAsync_of_many_callers_at_once_looks_once()
    {
        await JoinAsync(_first);
        var store = new CountingStore(_first.Store);
        var pairing = new StorePairing(_first.Database, store);

        var others = new List<Task>();
        store.AtFirstRead = () => others.AddRange(Enumerable.Range(0, 8).SelectMany(_ => new[] { pairing.EnsureAsync(Token).AsTask(), pairing.CheckAsync(Token).AsTask() }));
        await pairing.EnsureAsync(Token);
        await Task.WhenAll(others);

        Assert.Equal(16, others.Count);
        Assert.Equal(1, store.Reads);
    }

    [Fact]
    public async Task RecheckAsync_looks_again()
    {
        await JoinAsync(_first);
        var store = new CountingStore(_first.Store);
        var pairing = new StorePairing(_first.Database, store);

        await pairing.EnsureAsync(Token);
        await pairing.RecheckAsync(Token);

        Assert.Equal(2, store.Reads);
    }

    [Fact]
    public async Task EnsureAsync_joined_and_filled_by_another_process_while_this_one_looks_is_accepted()
    {
        // The database was looked at while it was new; the store is looked at when another process has kept its first photo.
        var late = new LateStore(
            _first.Store,
            async () =>
            {
                await JoinAsync(_first);
                await _first.AddAsync("green", [0, 255, 0]);
            });

        await new StorePairing(_first.Database, late).EnsureAsync(Token);

        await new StorePairing(_first.Database, _first.Store).CheckAsync(Token);
    }

    [Fact]
    public async Task CheckAsync_new_store_and_database_writes_nothing()
    {
        await new StorePairing(_first.Database, _first.Store).CheckAsync(Token);

        Assert.Empty(await _first.Store.ListAsync("", Token).ToListAsync(Token));
    }

    [Theory]
    [InlineData("moved to #1, ü")]
    [InlineData("%41")]
    public async Task CheckAsync_folder_that_was_moved_has_its_new_address_with_each_photo(string name)
    {
        await JoinAsync(_first);
        var photo = await _first.AddAsync("green", [0, 255, 0]);
        await _first.AddAsync("a b", [0, 0, 255]);
        var to = Path.Combine(Path.GetDirectoryName(_first.ObjectsFolder)!, name);
        Directory.Move(_first.ObjectsFolder, to);
        var moved = new FolderImageStore(new FolderImageStoreOptions { Root = to });

        await new StorePairing(_first.Database, moved).CheckAsync(Token);

        Assert.NotEqual(_first.Store.GetUri(photo.Content!.Key), moved.GetUri(photo.Content.Key));
        await foreach (var image in _first.Catalog.ListAsync(ImageState.Stored, Token))
        {
            Assert.Equal(moved.GetUri(image.Content!.Key).ToString(), image.Content.Url.ToString());
        }
    }

    [Fact]
    public async Task CheckAsync_address_that_is_no_folder_s_stays()
    {
        await JoinAsync(_first);
        var photo = await _first.AddAsync("green", [0, 255, 0]);
        await _first.Database.WriteIdempotentAsync(session => session.ExecuteAsync("UPDATE plants_data SET url_s3 = 's3://bucket/x'"), Token);

        await new StorePairing(_first.Database, _first.Store).CheckAsync(Token);

        Assert.Equal("s3://bucket/x", (await _first.Catalog.FindAsync(photo.Id, Token))!.Content!.Url.ToString());
    }

    [Fact]
    public async Task EnsureAsync_store_of_a_lost_database_is_refused()
    {
        await JoinAsync(_first);
        await _first.AddAsync("green", [0, 255, 0]);

        await RefusesAsync(new StorePairing(_second.Database, _first.Store), "the database, which may be new, knows none");
    }

    [Fact]
    public async Task EnsureAsync_store_of_another_database_that_knows_photos_is_refused()
    {
        await JoinAsync(_first);
        await _second.AddAsync("green", [0, 255, 0]);

        await RefusesAsync(new StorePairing(_second.Database, _first.Store), "used with another database");
    }

    [Fact]
    public async Task EnsureAsync_new_folder_beside_a_database_in_use_is_refused()
    {
        await JoinAsync(_first);

        await RefusesAsync(new StorePairing(_first.Database, _second.Store), "not the one that the database was used with");
    }

    [Fact]
    public async Task EnsureAsync_two_installations_on_one_store_is_refused()
    {
        await JoinAsync(_first);
        await JoinAsync(_second);

        await RefusesAsync(new StorePairing(_first.Database, _second.Store), "each was used with another one");
    }

    [Fact]
    public async Task EnsureAsync_store_and_database_of_an_earlier_version_are_joined_by_what_they_hold()
    {
        await _first.AddAsync("green", [0, 255, 0]);

        await RefusesAsync(new StorePairing(_second.Database, _first.Store), "knows none");
        await RefusesAsync(new StorePairing(_first.Database, _second.Store), "holds none of the photos");
        await JoinAsync(_first);
    }

    [Fact]
    public async Task EnsureAsync_server_that_answers_everything_with_a_page_is_refused()
    {
        var pairing = new StorePairing(_first.Database, new YesStore(_first.Store));

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => pairing.EnsureAsync(Token).AsTask());

        Assert.Contains("does not hold the store's id", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecheckAsync_store_that_was_joined_to_another_database_meanwhile_is_refused()
    {
        var pairing = new StorePairing(_first.Database, _first.Store);
        await pairing.EnsureAsync(Token);
        await new StorePairing(_second.Database, _first.Store).AdoptAsync(Token);

        await pairing.EnsureAsync(Token);
        await Assert.ThrowsAsync<DatabaseException>(() => pairing.RecheckAsync(Token));
        await Assert.ThrowsAsync<DatabaseException>(() => pairing.EnsureAsync(Token).AsTask());
    }

    [Fact]
    public async Task PairedImageStore_store_of_another_database_is_neither_written_nor_read()
    {
        await JoinAsync(_first);
        var known = await _first.AddAsync("green", [0, 255, 0]);
        var store = new PairedImageStore(_first.Store, new StorePairing(_second.Database, _first.Store));

        using var content = new MemoryStream([1]);
        await RefusesAsync(() => store.PutAsync("raw/a/b.jpg", content, Token));
        await RefusesAsync(() => store.DeleteAsync(known.Content!.Key, Token));
        await RefusesAsync(() => store.CopyAsync(known.Content!.Key, "raw/a/b.jpg", Token));
        await RefusesAsync(() => store.OpenReadAsync(known.Content!.Key, Token));
        await RefusesAsync(() => store.ExistsAsync(known.Content!.Key, Token));
        await RefusesAsync(() => store.ListAsync("", Token).ToListAsync(Token).AsTask());
        Assert.Equal(2, await _first.Store.ListAsync("", Token).CountAsync(Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task JoinAsync(TestStores stores) => await new StorePairing(stores.Database, stores.Store).EnsureAsync(Token);

    private static async Task RefusesAsync(StorePairing pairing, string reason)
    {
        var error = await RefusesAsync(() => pairing.EnsureAsync(Token).AsTask());
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("dandelion reconcile --adopt", error.Message, StringComparison.Ordinal);
        await RefusesAsync(() => pairing.EnsureAsync(Token).AsTask());
    }

    private static async Task<DatabaseException> RefusesAsync(Func<Task> act)
    {
        var error = await Assert.ThrowsAsync<DatabaseException>(act);
        Assert.Equal(DatabaseFailure.StoreMismatch, error.Failure);
        return error;
    }

    /// <summary>Lists what it holds after something else has happened.</summary>
    private sealed class LateStore(IImageStore store, Func<Task> before) : StoreDecorator(store)
    {
        public override async IAsyncEnumerable<StoredObject> ListAsync(
            string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await before();
            await foreach (var item in base.ListAsync(prefix, cancellationToken))
            {
                yield return item;
            }
        }
    }

    /// <summary>Counts how often an object is read.</summary>
    private sealed class CountingStore(IImageStore store) : StoreDecorator(store)
    {
        /// <summary>Done once, in the middle of the first reading.</summary>
        public Action? AtFirstRead { get; set; }

        public int Reads { get; private set; }

        public override Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
        {
            if (++Reads == 1)
            {
                AtFirstRead?.Invoke();
            }

            return base.OpenReadAsync(key, cancellationToken);
        }
    }

    /// <summary>What a captive portal or a wrong proxy is: every answer is a page.</summary>
    private sealed class YesStore(IImageStore store) : StoreDecorator(store)
    {
        public override Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default) => Task.CompletedTask;

        public override Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default) =>
            Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes("<html><body>Welcome to the hotel's network</body></html>")));
    }
}
