using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

// 41x: photos that people send.
internal static partial class UploadLog
{
    [LoggerMessage(410, LogLevel.Error, "A photo was classified, but the database or the store failed: similar photos are missing, or it was not stored; {Times} times since this was told last: {Reason}")]
    public static partial void PhotoNotExamined(ILogger logger, int times, string reason);
}
