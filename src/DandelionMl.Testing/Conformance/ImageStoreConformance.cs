using System.Text;
using DandelionMl.Storage;

namespace DandelionMl.Testing.Conformance;

/// <summary>The contract of every <see cref="IImageStore"/>.</summary>
/// <remarks>Override <see cref="Open"/>. It is called several times in a test, and each time gives the same store, as another process would
/// see it: a new client of one bucket, say.</remarks>
/// <example>
/// <code>
/// public sealed class AzureImageStoreTests : ImageStoreConformance
/// {
///     private readonly string _container = $"test-{Guid.NewGuid():N}";
///
///     protected override IImageStore Open() => new AzureImageStore(_container);
///
///     public override async ValueTask DisposeAsync()
///     {
///         await AzureImageStore.DeleteAsync(_container);
///         await base.DisposeAsync();
///     }
/// }
/// </code>
/// </example>
public abstract class ImageStoreConformance : ConformanceSuite
{
    private const string Key = "raw/dandelion/a.jpg";

    /// <summary>Opens the store of this test, which is empty at first. Called again, it opens the same store as another process
    /// would.</summary>
    protected abstract IImageStore Open();

    [Fact]
    public async Task Put_new_key_reads_back()
    {
        await PutAsync(Open(), Key, "some bytes");

        Assert.Equal("some bytes", await ReadAsync(Open(), Key));
        Assert.True(await Open().ExistsAsync(Key, Cancellation));
    }

    [Fact]
    public async Task Put_nothing_keeps_an_empty_object()
    {
        await PutAsync(Open(), Key, "");

        Assert.Equal("", await ReadAsync(Open(), Key));
    }

    [Fact]
    public async Task Put_existing_key_replaces()
    {
        await PutAsync(Open(), Key, "a first, longer text");
        await PutAsync(Open(), Key, "a second");

        Assert.Equal("a second", await ReadAsync(Open(), Key));
    }

    [Fact]
    public async Task Put_large_object_reads_back()
    {
        var bytes = new byte[(9 * 1024 * 1024) + 1];
        new Random(1).NextBytes(bytes);
        await Open().PutAsync(Key, new MemoryStream(bytes), Cancellation);

        await using var content = await Open().OpenReadAsync(Key, Cancellation);
        using var read = new MemoryStream();
        await content.CopyToAsync(read, Cancellation);
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(read.ToArray()));
    }

    [Fact]
    public async Task Put_stream_fails_keeps_what_was_there()
    {
        await PutAsync(Open(), Key, "before");

        await Assert.ThrowsAnyAsync<IOException>(() => Open().PutAsync(Key, new BrokenStream(100_000), Cancellation));
        await Assert.ThrowsAnyAsync<IOException>(() => Open().PutAsync("raw/other.jpg", new BrokenStream(100_000), Cancellation));

        Assert.Equal("before", await ReadAsync(Open(), Key));
        Assert.Equal([Key], (await ListAsync("")).Select(found => found.Key));
    }

    [Fact]
    public async Task Put_cancelled_keeps_what_was_there()
    {
        await PutAsync(Open(), Key, "before");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Open().PutAsync(Key, new MemoryStream(Encoding.UTF8.GetBytes("after")), new CancellationToken(canceled: true)));

        Assert.Equal("before", await ReadAsync(Open(), Key));
    }

    [Fact]
    public async Task Put_does_not_dispose_the_content()
    {
        using var content = new MemoryStream([1, 2, 3]);
        await Open().PutAsync(Key, content, Cancellation);

        Assert.True(content.CanRead);
    }

    [Fact]
    public async Task Put_same_key_many_times_at_once_leaves_one_whole_object()
    {
        var contents = Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), 50_000 + i)).ToList();
        await Task.WhenAll(contents.Select(content => PutAsync(Open(), Key, content)));

        Assert.Contains(await ReadAsync(Open(), Key), contents);
        Assert.Single(await ListAsync(""));
    }

    [Fact]
    public async Task OpenRead_missing_key_throws()
    {
        var thrown = await Assert.ThrowsAsync<ObjectNotFoundException>(() => Open().OpenReadAsync(Key, Cancellation));

        Assert.Equal(Key, thrown.Key);
        Assert.False(await Open().ExistsAsync(Key, Cancellation));
    }

    [Fact]
    public async Task OpenRead_beginning_of_a_key_throws()
    {
        await PutAsync(Open(), Key, "x");

        await Assert.ThrowsAsync<ObjectNotFoundException>(() => Open().OpenReadAsync("raw/dandelion", Cancellation));
        Assert.False(await Open().ExistsAsync("raw/dandelion", Cancellation));
        Assert.False(await Open().DeleteAsync("raw/dandelion", Cancellation));
    }

    [Fact]
    public async Task Delete_existing_key_removes_it()
    {
        await PutAsync(Open(), Key, "x");

        Assert.True(await Open().DeleteAsync(Key, Cancellation));
        Assert.False(await Open().ExistsAsync(Key, Cancellation));
        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task Delete_missing_key_says_so() => Assert.False(await Open().DeleteAsync(Key, Cancellation));

    [Fact]
    public async Task Copy_existing_key_replaces_the_destination()
    {
        await PutAsync(Open(), Key, "source");
        await PutAsync(Open(), "raw/grass/b.jpg", "destination");
        await Open().CopyAsync(Key, "raw/grass/b.jpg", Cancellation);

        Assert.Equal("source", await ReadAsync(Open(), "raw/grass/b.jpg"));
        Assert.Equal("source", await ReadAsync(Open(), Key));
    }

    [Fact]
    public async Task Copy_missing_key_throws()
    {
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => Open().CopyAsync(Key, "raw/grass/b.jpg", Cancellation));

        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task List_gives_sizes_and_ordinal_order()
    {
        // '-' and '.' come before '/', digits and letters after it; capitals before small letters.
        string[] keys = ["a-b", "a.b/x", "a/b", "a/c/d", "a0", "B/x", "b", "b=c/%41", "z/_", "z/a"];
        foreach (var key in keys)
        {
            await PutAsync(Open(), key, key);
        }

        var listed = await ListAsync("");
        Assert.Equal(keys.Order(StringComparer.Ordinal), listed.Select(found => found.Key));
        Assert.All(listed, found => Assert.Equal(found.Key.Length, found.Size));
        Assert.All(listed, found => Assert.Equal(TimeSpan.Zero, found.LastModified.Offset));
    }

    [Theory]
    [InlineData("raw/", 3)]
    [InlineData("raw/g", 2)]
    [InlineData("raw/grass/", 2)]
    [InlineData("raw/grass/1", 1)]
    [InlineData("raw/grass/1.jpg", 1)]
    [InlineData("raw/grass/1.jpg/", 0)]
    [InlineData("raw/x", 0)]
    [InlineData("../", 0)]
    [InlineData("/", 0)]
    [InlineData("model", 1)]
    public async Task List_prefix_gives_what_begins_with_it(string prefix, int count)
    {
        foreach (var key in (string[])["raw/dandelion/1.jpg", "raw/grass/1.jpg", "raw/grass/2.jpg", "model/1.safetensors"])
        {
            await PutAsync(Open(), key, "x");
        }

        var listed = await ListAsync(prefix);
        Assert.Equal(count, listed.Count);
        Assert.All(listed, found => Assert.StartsWith(prefix, found.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_more_than_a_thousand_gives_all()
    {
        var keys = Enumerable.Range(0, 1_100).Select(i => $"raw/many/{i:D4}").ToList();
        var store = Open();
        await Parallel.ForEachAsync(keys, Cancellation, async (key, _) => await PutAsync(store, key, ""));

        Assert.Equal(keys, (await ListAsync("raw/many/")).Select(found => found.Key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("raw//a")]
    [InlineData("raw/")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("raw/../../a")]
    [InlineData("raw/./a")]
    [InlineData("raw\\..\\a")]
    [InlineData("C:/a")]
    [InlineData("raw/a b")]
    [InlineData("raw/é")]
    [InlineData("raw/\0")]
    [InlineData("raw/~a")]
    public async Task Every_call_malformed_key_throws(string key)
    {
        var store = Open();
        await PutAsync(store, Key, "x");

        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => PutAsync(store, key, "x"));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => store.OpenReadAsync(key, Cancellation));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => store.ExistsAsync(key, Cancellation));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => store.DeleteAsync(key, Cancellation));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => store.CopyAsync(Key, key, Cancellation));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => store.CopyAsync(key, Key, Cancellation));
        Assert.Throws<InvalidStorageKeyException>(() => store.GetUri(key));
    }

    [Fact]
    public async Task Put_longest_and_strangest_key_reads_back()
    {
        var key = $"{new string('a', 200)}/._-%=+/{new string('b', 200)}/{new string('c', 103)}";
        Assert.Equal(StorageKeys.MaxLength, key.Length);
        await PutAsync(Open(), key, "x");

        Assert.Equal("x", await ReadAsync(Open(), key));
        Assert.Equal([key], (await ListAsync("")).Select(found => found.Key));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => PutAsync(Open(), key + "c", "x"));
    }

    [Fact]
    public async Task ReadVerified_other_bytes_throws()
    {
        var store = Open();
        await PutAsync(store, Key, "the bytes");
        Assert.Equal("the bytes", Encoding.UTF8.GetString(await store.ReadVerifiedAsync(Key, Sha256("the bytes"), Cancellation)));

        await PutAsync(store, Key, "other bytes");
        var thrown = await Assert.ThrowsAsync<ObjectCorruptedException>(
            () => store.ReadVerifiedAsync(Key, Sha256("the bytes"), Cancellation));
        Assert.Equal(Key, thrown.Key);
    }

    [Fact]
    public void GetUri_distinct_keys_are_absolute_and_distinct()
    {
        var store = Open();
        string[] keys = [Key, "raw/dandelion/a%20b.jpg", "raw/dandelion/a+b.jpg", "raw/dandelion/a=b.jpg"];

        var uris = keys.Select(store.GetUri).ToList();
        Assert.All(uris, uri => Assert.True(uri.IsAbsoluteUri));
        Assert.Equal(keys.Length, uris.Select(uri => uri.AbsoluteUri).Distinct().Count());
    }

    private static Task PutAsync(IImageStore store, string key, string content) =>
        store.PutAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(content)), Cancellation);

    private static async Task<string> ReadAsync(IImageStore store, string key)
    {
        await using var content = await store.OpenReadAsync(key, Cancellation);
        using var reader = new StreamReader(content);
        return await reader.ReadToEndAsync(Cancellation);
    }

    private Task<List<StoredObject>> ListAsync(string prefix) => ToListAsync(Open().ListAsync(prefix, Cancellation));
}
