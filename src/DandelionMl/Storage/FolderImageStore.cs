using System.Buffers;
using System.Runtime.CompilerServices;

namespace DandelionMl.Storage;

/// <summary>Keeps objects as files of a folder, a key's segments being folders and file name.</summary>
/// <remarks>An object is written aside on the same file system, synced to disk and renamed over its key, so a crash or a full disk
/// never leaves half of one. Symbolic links below the root are not followed. A key can't be both an object and the beginning of
/// another one's path (<c>a</c> and <c>a/b</c>); where the file system ignores case, so do keys.</remarks>
internal sealed class FolderImageStore : IImageStore, ILeftovers, IFreeSpace, IWriteCheck
{
    // '~' is no character of a key: what lies here is never listed or read.
    private const string WritingFolder = "~writing";
    private const int BufferSize = 128 * 1024;

    private readonly string _root;
    private readonly UnfinishedFiles _unfinished;
    private readonly FolderFailures _failures;
    private volatile bool _isUsed;

    /// <summary>Makes the store; the folder is created when it is first written to.</summary>
    /// <param name="options">Where the objects are.</param>
    /// <exception cref="ArgumentException">No root is given.</exception>
    public FolderImageStore(FolderImageStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Root);
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Root));
        _unfinished = new UnfinishedFiles(Path.Combine(_root, WritingFolder));
        _failures = new FolderFailures(_root);
    }

    /// <inheritdoc/>
    public long? FreeBytes
    {
        get
        {
            try
            {
                return Directory.Exists(_root) ? new DriveInfo(_root).AvailableFreeSpace : null;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public void CheckWritable()
    {
        CheckStillThere();

        // It is made when it is first written to.
        if (Directory.Exists(_root))
        {
            var aside = Path.Combine(_root, WritingFolder, Guid.NewGuid().ToString("N"));
            _failures.Try("writing", () =>
            {
                CreateFile(aside).Dispose();
                File.Delete(aside);
            });
        }
    }

    /// <inheritdoc/>
    public async Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var path = PathOf(key);
        CheckStillThere();
        var aside = Path.Combine(_root, WritingFolder, Guid.NewGuid().ToString("N"));
        var file = _failures.Try($"writing '{key}'", () => CreateFile(aside));
        try
        {
            await using (file.ConfigureAwait(false))
            {
                await CopySyncedAsync(key, content, file, cancellationToken).ConfigureAwait(false);
            }

            _failures.Try($"writing '{key}'", () => MoveInPlace(aside, path));
            _isUsed = true;
        }
        catch
        {
            File.Delete(aside);
            throw;
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
            var opened = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
            _isUsed = true;
            return Task.FromResult<Stream>(opened);
        }
        catch (Exception exception) when (IsMissing(exception, path))
        {
            throw new ObjectNotFoundException(key, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw _failures.Of($"reading '{key}'", exception);
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
        _failures.Try($"deleting '{key}'", () =>
        {
            File.Delete(path);
            DirectorySync.Flush(Path.GetDirectoryName(path)!);
        });
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public async Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(destinationKey);
        var source = await OpenReadAsync(sourceKey, cancellationToken).ConfigureAwait(false);
        await using var sourceLifetime = source.ConfigureAwait(false);
        await PutAsync(destinationKey, source, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>Holds the names of one folder and of those above it at a time, not the listing.</remarks>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        await Task.CompletedTask.ConfigureAwait(false);
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
        return new Uri(FileUri.Of(Path.Combine(_root, key)));
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

    /// <summary>A folder that was renamed, moved or unmounted under a running process is not made anew: the database, which is open, went with it
    /// or knows what was in it, and a photo would lie where nobody looks for it.</summary>
    private void CheckStillThere()
    {
        if (_isUsed && !(Directory.Exists(_root) && Directory.EnumerateFileSystemEntries(_root).Any()))
        {
            throw new StorageUnavailableException(
                $"Folder store {_root}: the folder is gone, or empty. It was renamed, moved or unmounted while it was in use. Put it back, or start again "
                + "with the place where it is now.");
        }
    }

    private FileStream CreateFile(string path)
    {
        CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            // The folder may have been there before, open to others.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Copies a stream to a file and to the disk. What fails in reading the stream is its owner's to explain.</summary>
    private async Task CopySyncedAsync(string key, Stream content, FileStream file, CancellationToken cancellationToken)
    {
        var what = $"writing '{key}'";
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int length; (length = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                await _failures.TryAsync(what, () => file.WriteAsync(buffer.AsMemory(0, length), cancellationToken)).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _failures.Try(what, () => file.Flush(flushToDisk: true));
    }

    private void MoveInPlace(string aside, string path)
    {
        CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(aside, path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
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

        PrivateFolder.Create(directory);
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
