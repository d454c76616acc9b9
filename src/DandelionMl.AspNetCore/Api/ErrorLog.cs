namespace DandelionMl.AspNetCore.Api;

// Event ids: 12xx errors.
internal static partial class ErrorLog
{
    [LoggerMessage(1200, LogLevel.Error, "A request failed with an unexpected error, {Times} times since this was told last")]
    public static partial void Unhandled(ILogger logger, Exception exception, int times);

    [LoggerMessage(1201, LogLevel.Warning, "Requests can't be answered, {Times} times since this was told last: {Reason}")]
    public static partial void Unavailable(ILogger logger, int times, string reason);
}
