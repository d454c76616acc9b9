using System.Text;
using DandelionMl.Storage;
using DandelionMl.Testing.Conformance;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Storage;

public sealed class FolderImageStoreTests : ImageStoreConformance
{
    private readonly TemporaryFolder _folder = new();

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return base.DisposeAsync();
    }

    // A name that a URI has to escape.
    protected override IImageStore Open() =>
        new FolderImageStore(new FolderImageStoreOptions { Root = Path.Combine(_folder.Path, "objects #1") });

    [Fact]
    public async Task List_left_overs_of_a_crash_are_invisible()
    {
        await Open().PutAsync("raw/a.jpg", new MemoryStream([1]), Cancellation);
        _folder.Write("objects #1/~writing/0123", [1]);
        _folder.Write("objects #1/raw/a b.jpg", [1]);

        Assert.Equal(["raw/a.jpg"], (await ToListAsync(Open().ListAsync("", Cancellation))).Select(found => found.Key));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Put_after_the_folder_was_renamed_or_unmounted_is_refused_and_makes_no_new_one(bool isUnmounted)
    {
        var store = Open();
        await store.PutAsync("raw/a.jpg", new MemoryStream([1]), Cancellation);
        var root = Path.Combine(_folder.Path, "objects #1");
        Directory.Move(root, root + " moved");
        if (isUnmounted)
        {
            Directory.CreateDirectory(root);
        }

        var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.PutAsync("raw/b.jpg", new MemoryStream([1]), Cancellation));
        Assert.Throws<StorageUnavailableException>(((IWriteCheck)store).CheckWritable);

        Assert.Contains("renamed, moved or unmounted", refused.Message, StringComparison.Ordinal);
        Assert.Equal(isUnmounted, Directory.Exists(root));
        await Open().PutAsync("raw/b.jpg", new MemoryStream([1]), Cancellation);
    }

    [Fact]
    public async Task Put_leaves_nothing_aside()
    {
        await Open().PutAsync("raw/a.jpg", new MemoryStream([1]), Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Open().PutAsync("raw/b.jpg", new MemoryStream([1]), new CancellationToken(canceled: true)));

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder.Path, "objects #1", "~writing")));
    }

    [Fact]
    public async Task Every_call_through_a_symbolic_link_is_refused()
    {
        var outside = _folder.Write("outside/secret", Encoding.UTF8.GetBytes("secret"));
        await Open().PutAsync("raw/a.jpg", new MemoryStream([1]), Cancellation);
        var root = Path.Combine(_folder.Path, "objects #1");
        Directory.CreateSymbolicLink(Path.Combine(root, "folder"), Path.GetDirectoryName(outside)!);
        File.CreateSymbolicLink(Path.Combine(root, "file"), outside);

        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => Open().OpenReadAsync("file", Cancellation));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => Open().OpenReadAsync("folder/secret", Cancellation));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => Open().PutAsync("folder/new", new MemoryStream([1]), Cancellation));
        await Assert.ThrowsAsync<InvalidStorageKeyException>(() => Open().DeleteAsync("folder/secret", Cancellation));
        Assert.Equal(["raw/a.jpg"], (await ToListAsync(Open().ListAsync("", Cancellation))).Select(found => found.Key));
        Assert.Equal(["secret"], Directory.EnumerateFiles(Path.GetDirectoryName(outside)!).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("raw/a.jpg")]
    [InlineData("raw/%C3%A9/a+b=c.jpg")]
    public async Task GetUri_written_object_is_its_file(string key)
    {
        await Open().PutAsync(key, new MemoryStream([1, 2, 3]), Cancellation);

        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Open().GetUri(key).LocalPath, Cancellation));
    }

    [Theory]
    [InlineData("%41")]
    [InlineData("%C3%B6 ö #2?")]
    public async Task GetUri_is_the_file_whatever_the_folder_is_called(string folder)
    {
        var store = new FolderImageStore(new FolderImageStoreOptions { Root = Path.Combine(_folder.Path, folder) });
        await store.PutAsync("raw/a.jpg", new MemoryStream([1, 2, 3]), Cancellation);

        var path = Uri.UnescapeDataString(store.GetUri("raw/a.jpg").AbsolutePath);

        Assert.Equal(Path.Combine(_folder.Path, folder, "raw", "a.jpg"), path);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task Put_into_a_folder_that_is_open_to_others_makes_files_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such permissions.");
            return;
        }

        var root = Directory.CreateDirectory(Path.Combine(_folder.Path, "objects #1"));
        File.SetUnixFileMode(root.FullName, (UnixFileMode)Convert.ToInt32("755", 8));

        await Open().PutAsync("raw/a.jpg", new MemoryStream([1, 2, 3]), Cancellation);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(root.FullName, "raw", "a.jpg")));
    }

    [Fact]
    public async Task OpenRead_object_deleted_meanwhile_reads_on()
    {
        await Open().PutAsync("raw/a.jpg", new MemoryStream([1, 2, 3]), Cancellation);
        await using var content = await Open().OpenReadAsync("raw/a.jpg", Cancellation);
        await Open().DeleteAsync("raw/a.jpg", Cancellation);

        Assert.Equal(1, content.ReadByte());
    }

    [Fact]
    public async Task ReadVerified_object_without_end_is_damaged()
    {
        await Open().PutAsync("raw/a.jpg", new MemoryStream(new byte[300_000]), Cancellation);

        await Assert.ThrowsAsync<ObjectCorruptedException>(
            () => Open().ReadVerifiedAsync("raw/a.jpg", ContentHash.Of(new byte[300_000]), 200_000, Cancellation));
    }

    [Fact]
    public void Constructor_no_root_throws() =>
        Assert.Throws<ArgumentException>(() => new FolderImageStore(new FolderImageStoreOptions()));
}
