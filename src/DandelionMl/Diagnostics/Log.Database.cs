using Microsoft.Extensions.Logging;

namespace DandelionMl.Diagnostics;

// 3xx: the database.
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Warning, "PostgreSQL failed for a reason that may pass ({Reason}); retry {Retry} in {Delay}")]
    public static partial void DatabaseRetry(ILogger logger, string reason, int retry, TimeSpan delay);

    [LoggerMessage(301, LogLevel.Warning,
        "Listening to PostgreSQL's notifications broke off ({Reason}); again in {Delay}. Until then changes are found by polling.")]
    public static partial void ListeningFailed(ILogger logger, string reason, TimeSpan delay);
}
