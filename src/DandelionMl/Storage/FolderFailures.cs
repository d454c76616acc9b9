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
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Of(what, exception);
        }
    }

    /// <inheritdoc cref="Try(string, Action)"/>
    public async ValueTask TryAsync(string what, Func<ValueTask> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Of(what, exception);
        }
    }

    public StorageUnavailableException Of(string what, Exception exception) => new(
        $"Folder store {root}: {what} failed: {Reason(exception)}", exception);

    private static string Reason(Exception exception) => exception is IOException io && DiskFull.Is(io)
        ? "the disk is full. Nothing was stored; free some space and try again."
        : exception.Message;
}
