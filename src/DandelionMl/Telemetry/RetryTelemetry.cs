using System.Diagnostics.Metrics;

namespace DandelionMl.Telemetry;

/// <summary>Counts what is asked again of a server that failed.</summary>
internal sealed class RetryTelemetry(IMeterFactory? meters = null)
{
    private readonly Counter<long> _retries = LibraryTelemetry.Meter(meters).CreateCounter<long>(
        "dandelionml.retries", "{retry}", "Requests sent again to a server that had failed, by the kind of server.");

    /// <param name="server">The kind of server.</param>
    public void Retry(string server) => _retries.Add(1, TelemetryTags.Of("dandelionml.server", server));
}
