using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

// 41x: photos that people send.
internal static partial class UploadLog
{
    [LoggerMessage(410, LogLevel.Error, "A photo was classified, but database or store could not say or take everything of it")]
    public static partial void PhotoNotExamined(ILogger logger, Exception exception);
}
