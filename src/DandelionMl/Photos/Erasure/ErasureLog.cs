using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

// 44x: erased photos.
internal static partial class ErasureLog
{
    [LoggerMessage(440, LogLevel.Warning, "Photos were erased, but their files could not be deleted yet: {Reason} The next erasure or 'reconcile' deletes them")]
    public static partial void DeletionDeferred(ILogger logger, string reason);
}
