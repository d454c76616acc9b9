using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

// 41x: photos that people send.
internal static partial class UploadLog
{
    [LoggerMessage(410, LogLevel.Error, "A photo was classified, but the database or the store failed: similar photos are missing, or it was not stored")]
    public static partial void PhotoNotExamined(ILogger logger, Exception exception);
}
