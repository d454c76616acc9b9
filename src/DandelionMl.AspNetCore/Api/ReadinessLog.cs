using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Tells when readiness changes, and why. The framework tells it at each probe, every few seconds, and as an error of a host that is
/// well and has no model yet. Thread-safe.</summary>
internal sealed class ReadinessLog(ILogger<ReadinessLog> logger)
{
    private readonly Lock _lock = new();
    private HealthStatus? _last;

    public void Tell(HealthReport report)
    {
        lock (_lock)
        {
            if (report.Status == _last)
            {
                return;
            }

            _last = report.Status;
        }

        if (report.Status == HealthStatus.Healthy)
        {
            ReadinessMessages.Ready(logger);
        }
        else
        {
            ReadinessMessages.NotWell(logger, report.Status, string.Join("; ", report.Entries
                .Where(check => check.Value.Status != HealthStatus.Healthy).Select(check => check.Value.Description ?? check.Key)));
        }
    }
}

// Event ids: 121x readiness.
internal static partial class ReadinessMessages
{
    [LoggerMessage(1210, LogLevel.Information, "Ready: all checks are well")]
    public static partial void Ready(ILogger logger);

    [LoggerMessage(1211, LogLevel.Warning, "Readiness is {Status}: {Reason}")]
    public static partial void NotWell(ILogger logger, HealthStatus status, string reason);
}
