using Microsoft.Extensions.Logging;

namespace DandelionMl.Monitoring;

// 700 to 749: watching the learning loop.
internal static partial class MonitoringLog
{
    [LoggerMessage(700, LogLevel.Debug, "The state of the learning loop could not be read: {Reason}")]
    public static partial void StateNotRead(ILogger logger, string reason);
}
