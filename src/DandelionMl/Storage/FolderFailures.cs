namespace DandelionMl.Storage;

/// <summary>What the errors of a folder's file system mean for people.</summary>
internal sealed class FolderFailures(string root)
{
    /// <exception cref="StorageUnavailableException">The file system does not let it be done.</exception>
    public void Try(string what, Action work) => Try(what, () =>
    {
        work();
        return true;
    });

    /// <inheritdoc cref="Try(string, Action)"/>
    public T Try<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (IOException exception) when (DiskFull.Is(exception))
        {
            throw Full(what, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Of(what, exception);
        }
    }

    public StorageUnavailableException Full(string what, Exception exception) => new(
        $"Folder store {root}: {what} failed: the disk is full. Nothing was stored; free some space and try again.", exception);

    public StorageUnavailableException Of(string what, Exception exception) => new(
        $"Folder store {root}: {what} failed: {exception.Message}", exception);
}
