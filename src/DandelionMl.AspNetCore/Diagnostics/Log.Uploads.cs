namespace DandelionMl.AspNetCore.Diagnostics;

// 11xx: uploads.
internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Error, "A photo was classified but could not be kept")]
    public static partial void UploadNotKept(ILogger logger, Exception exception);
}
