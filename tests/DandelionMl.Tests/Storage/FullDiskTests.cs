using System.Diagnostics;
using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Storage;

/// <summary>Stores on a file system of their own, in memory and small.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string Key = "raw/dandelion/a.jpg";

    private readonly TemporaryFolder _folder = new();
    private bool _isMounted;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_disk_full_is_told_keeps_nothing_and_works_again_once_there_is_room()
    {
        Mount(kilobytes: 256);
        var store = new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Path });
        await store.PutAsync(Key, new MemoryStream(new byte[100_000]), Cancellation);
        await store.PutAsync("raw/other.jpg", new MemoryStream(new byte[100_000]), Cancellation);

        foreach (var key in (string[])[Key, "raw/grass/b.jpg"])
        {
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(
                () => store.PutAsync(key, new MemoryStream(new byte[150_000]), Cancellation));
            Assert.Contains(key, error.Message, StringComparison.Ordinal);
            Assert.Contains("full", error.Message, StringComparison.Ordinal);
        }

        var kept = await store.ListAsync("", Cancellation).ToListAsync(Cancellation);
        Assert.Equal([(Key, 100_000L), ("raw/other.jpg", 100_000)], kept.Select(found => (found.Key, found.Size)));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder.Path, "~writing")));

        await store.DeleteAsync("raw/other.jpg", Cancellation);
        await store.PutAsync("raw/grass/b.jpg", new MemoryStream(new byte[150_000]), Cancellation);
        Assert.Equal(2, await store.ListAsync("", Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task Register_disk_of_the_database_full_is_told_and_works_again_once_there_is_room()
    {
        Mount(kilobytes: 2_000);
        var taken = Path.Combine(_folder.Path, "taken");
        await File.WriteAllBytesAsync(taken, new byte[1_000_000], Cancellation);
        await using var database = Database.OpenSqlite(Path.Combine(_folder.Path, "dandelion.db"));
        var catalog = new SqlImageCatalog(database, TimeProvider.System);
        var entries = Enumerable.Range(0, 3_000).Select(i => new ManifestEntry($"https://example.org/{i:D200}.jpg", "grass")).ToList();

        var error = await Assert.ThrowsAsync<DatabaseException>(() => catalog.RegisterAsync(entries, Cancellation));
        Assert.Equal(DatabaseFailure.DiskFull, error.Failure);
        Assert.Empty(await catalog.CountByLabelAsync(ImageState.Registered, Cancellation));

        File.Delete(taken);
        Assert.Equal(1_000, await catalog.RegisterAsync(entries[..1_000], Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(44)]
    public async Task Open_disk_full_from_the_start_is_told_as_such(int freeKilobytes)
    {
        const int Kilobytes = 1_000;
        Mount(Kilobytes);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "taken"), new byte[(Kilobytes - freeKilobytes) * 1024], Cancellation);
        await using var database = Database.OpenSqlite(Path.Combine(_folder.Path, "dandelion.db"));

        var error = await Assert.ThrowsAsync<DatabaseException>(() => database.EnsureSchemaAsync(Cancellation));

        Assert.Equal(DatabaseFailure.DiskFull, error.Failure);
        Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", _folder.Path);
        }

        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private void Mount(int kilobytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root on Linux may mount a small file system.");
        _isMounted = Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", _folder.Path);
        Assert.SkipUnless(_isMounted, "This machine lets nobody mount a file system.");
    }
}
