using System.Diagnostics.Metrics;
using DandelionMl.Telemetry;

namespace DandelionMl.Tracking;

/// <summary>Metrics of what is mirrored to a tracking server.</summary>
internal sealed class TrackingTelemetry
{
    private readonly Counter<long> _results;
    private readonly TimeProvider _time;
    private Waiting? _waiting;

    public TrackingTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = LibraryTelemetry.Meter(meters);
        _results = meter.CreateCounter<long>(
            "dandelionml.tracking.results", "{training}", "Trainings and later changes of them sent to the tracking server, by result.");
        meter.CreateObservableGauge(
            "dandelionml.tracking.waiting", () => Of(waiting => waiting.Count), "{training}", "Trainings of which something is not on the tracking server yet.");
        meter.CreateObservableGauge(
            "dandelionml.tracking.oldest_age", () => Of(waiting => Age(waiting.Since)), "s", "Time since the oldest change that is not on the tracking server yet.");
    }

    /// <summary>Keeps what waits.</summary>
    public void Keep(IReadOnlyList<TrackedItem> waiting) =>
        Volatile.Write(ref _waiting, new Waiting(waiting.Count, waiting is [var oldest, ..] ? oldest.Since : null));

    public void Mirrored() => Count("mirrored");

    public void Failed() => Count("failed");

    public void GivenUp() => Count("given_up");

    private void Count(string result) => _results.Add(1, TelemetryTags.Of("dandelionml.tracking.result", result));

    private IEnumerable<Measurement<double>> Of(Func<Waiting, double> read) =>
        Volatile.Read(ref _waiting) is { } waiting ? [new Measurement<double>(read(waiting))] : [];

    private double Age(DateTimeOffset? since) => since is { } at ? Math.Max((_time.GetUtcNow() - at).TotalSeconds, 0) : 0;

    private sealed record Waiting(int Count, DateTimeOffset? Since);
}
