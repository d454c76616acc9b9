namespace DandelionMl.Catalog.Ingestion;

/// <summary>A file of this machine, links to it followed.</summary>
/// <param name="Length">Its bytes; 0 also for a pipe, a device or a socket.</param>
/// <param name="WrittenAt">When it, or the link to it, was last changed, UTC.</param>
internal sealed record LocalFile(long Length, DateTime WrittenAt)
{
    /// <summary>Why a file without a length is not opened: to open a pipe is to wait for whoever writes to it, which may be nobody.</summary>
    public const string NoContent = "The file is empty, or is no file but a pipe or a device.";

    /// <returns>Null if there is none.</returns>
    public static LocalFile? Find(string path)
    {
        var named = new FileInfo(path);
        if (named.LinkTarget is null)
        {
            return named.Exists ? new LocalFile(named.Length, named.LastWriteTimeUtc) : null;
        }

        try
        {
            return named.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } real
                ? new LocalFile(real.Length, named.LastWriteTimeUtc > real.LastWriteTimeUtc ? named.LastWriteTimeUtc : real.LastWriteTimeUtc)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Links in a circle.
            return null;
        }
    }
}
