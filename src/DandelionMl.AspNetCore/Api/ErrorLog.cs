namespace DandelionMl.AspNetCore.Api;

// Event ids: 12xx errors.
internal static partial class ErrorLog
{
    [LoggerMessage(1200, LogLevel.Error, "A request failed with an unexpected error")]
    public static partial void Unhandled(ILogger logger, Exception exception);
}
