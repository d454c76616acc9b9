namespace DandelionMl.AspNetCore.Api;

// Event ids: 12xx errors.
internal static partial class ErrorLog
{
    [LoggerMessage(1200, LogLevel.Error, "A request ended in an error that is not known")]
    public static partial void Unhandled(ILogger logger, Exception exception);
}
