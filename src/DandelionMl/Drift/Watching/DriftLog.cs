using DandelionMl.Drift.Detection;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Drift.Watching;

/// <summary>What is logged of drift: event ids 750 to 799. An id is never used again for another message.</summary>
internal static partial class DriftLog
{
    /// <summary>Says that an alarm was raised.</summary>
    public static void Drifted(ILogger logger, int version, DriftAlarm alarm) => Drifted(
        logger,
        version,
        alarm.Kind switch
        {
            DriftKind.Unfamiliar => "they look less like its training photos",
            DriftKind.More => $"those of class '{alarm.Label}' come more often",
            _ => $"those of class '{alarm.Label}' come less often",
        },
        alarm.Photos);

    [LoggerMessage(750, LogLevel.Warning, "The photos that model version {Version} serves have drifted: {What}, seen after {Photos} photos")]
    private static partial void Drifted(ILogger logger, int version, string what, long photos);

    [LoggerMessage(751, LogLevel.Warning, "Served photos can't be checked for drift, {Times} times since this was told last: {Reason}")]
    public static partial void NotRecorded(ILogger logger, int times, string reason);
}
