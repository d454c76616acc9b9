using DandelionMl.Drift.Detection;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Drift.Watching;

/// <summary>What is logged of drift: event ids 750 to 799. An id is never used again for another message.</summary>
internal static partial class DriftLog
{
    [LoggerMessage(750, LogLevel.Warning, "The photos that model version {Version} serves have drifted: {Kind} {Label}, after {Photos} photos")]
    public static partial void Drifted(ILogger logger, int version, DriftKind kind, string? label, long photos);

    [LoggerMessage(751, LogLevel.Warning, "Served photos can't be looked at for drift, {Times} times since this was last told: {Reason}")]
    public static partial void NotRecorded(ILogger logger, int times, string reason);
}
