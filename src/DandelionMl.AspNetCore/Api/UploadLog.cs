namespace DandelionMl.AspNetCore.Api;

internal static partial class UploadLog
{
    [LoggerMessage(1100, LogLevel.Error, "A photo was classified but could not be kept")]
    public static partial void UploadNotKept(ILogger logger, Exception exception);
}
