using System.Runtime.CompilerServices;

namespace DandelionMl.Storage;

/// <summary>Keeps objects as files of a folder, a key's segments being folders and file name.</summary>
/// <remarks>An object is written aside on the same file system, synced to disk and renamed over its key, so a crash or a full disk
/// never leaves half of one. Symbolic links below the root are not followed. A key can't be both an object and the beginning of
/// another one's path (<c>a</c> and <c>a/b</c>); where the file system ignores case, so do keys.</remarks>
public sealed class FolderImageStore : IImageStore, ILeftovers
{
    // '~' is no character of a key: what lies here is never listed or read.
    private const string WritingFolder = "~writing";
    private const int BufferSize = 128 * 1024;

    private readonly string _root;
    private readonly UnfinishedFiles _unfinished;

    /// <summary>Makes the store; the folder is created when it is first written to.</summary>
    /// <param name="options">Where the objects are.</param>
    /// <exception cref="ArgumentException">No root is given.</exception>
    public FolderImageStore(FolderImageStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Root);
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Root));
        _unfinished = new UnfinishedFiles(Path.Combine(_root, WritingFolder));
    }

    /// <inheritdoc/>
    public async Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        try
        {
            await WriteAsync(PathOf(key), content, cancellationToken);
        }
        catch (IOException exception) when (DiskFull.Is(exception))
        {
            throw new StorageUnavailableException(
                $"Folder store {_root}: writing '{key}' failed: its disk is full. Nothing of it was kept; make room and try again.", exception);
        }
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // Deletion and replacement stay possible while somebody reads; the reader keeps what it opened.
            return Task.FromResult<Stream>(new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            }));
        }
        catch (Exception exception) when (IsMissing(exception, path))
        {
            throw new ObjectNotFoundException(key, exception);
        }
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(File.Exists(path));
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = PathOf(key);
        cancellationToken.ThrowIfCancellationRequested();
        if (!File.Exists(path))
        {
            return Task.FromResult(false);
        }

        // Folders stay, even empty ones: another process may be about to rename an object into them.
        File.Delete(path);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public async Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(destinationKey);
        await using var source = await OpenReadAsync(sourceKey, cancellationToken);
        await PutAsync(destinationKey, source, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Holds the names of one folder and of those above it at a time, not the listing.</remarks>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        await Task.CompletedTask;
        foreach (var found in FolderListing.Walk(new DirectoryInfo(_root), "", prefix))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return found;
        }
    }

    /// <inheritdoc/>
    public Uri GetUri(string key)
    {
        StorageKeys.Validate(key);
        var escapedKey = Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal);
        return new UriBuilder(Uri.UriSchemeFile, "") { Path = $"{new Uri(_root).AbsolutePath}/{escapedKey}" }.Uri;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Leftover> FindLeftoversAsync(DateTimeOffset before, CancellationToken cancellationToken = default) =>
        _unfinished.Find(before).ToAsyncEnumerable();

    /// <inheritdoc/>
    public Task RemoveLeftoverAsync(Leftover leftover, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(leftover);
        cancellationToken.ThrowIfCancellationRequested();
        _unfinished.Remove(leftover);
        return Task.CompletedTask;
    }

    private async Task WriteAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        var aside = Path.Combine(_root, WritingFolder, Guid.NewGuid().ToString("N"));
        CreateDirectory(Path.GetDirectoryName(aside)!);
        try
        {
            await WriteSyncedAsync(aside, content, cancellationToken);
            CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(aside, path, overwrite: true);
        }
        catch
        {
            File.Delete(aside);
            throw;
        }

        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }

    private static async Task WriteSyncedAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        });
        await content.CopyToAsync(file, BufferSize, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    private static bool IsMissing(Exception exception, string path) =>
        exception is FileNotFoundException or DirectoryNotFoundException
        || (exception is UnauthorizedAccessException or IOException && Directory.Exists(path));

    private void CreateDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        var parent = Path.GetDirectoryName(directory);
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(directory);
        if (parent is not null && directory.Length > _root.Length)
        {
            DirectorySync.Flush(parent);
        }
    }

    private string PathOf(string key)
    {
        StorageKeys.Validate(key);
        var path = _root;
        foreach (var segment in key.Split('/'))
        {
            path = Path.Combine(path, segment);
            if (new FileInfo(path).LinkTarget is not null)
            {
                throw new InvalidStorageKeyException(key, "it leads through a symbolic link, which the store does not follow.");
            }
        }

        return path;
    }
}
