using System.Diagnostics.Metrics;
using System.Globalization;
using DandelionMl.Drift.Detection;
using DandelionMl.Telemetry;

namespace DandelionMl.Drift.Watching;

/// <summary>Metrics of drift.</summary>
internal sealed class DriftTelemetry
{
    private readonly Counter<long> _photos;
    private readonly Counter<long> _alarms;
    private ServedDrift? _current;

    /// <param name="meters">Makes the meter.</param>
    /// <param name="threshold">Evidence at which an alarm is raised.</param>
    public DriftTelemetry(IMeterFactory meters, double threshold)
    {
        var meter = LibraryTelemetry.Meter(meters);
        _photos = meter.CreateCounter<long>("dandelionml.drift.photos", "{photo}", "Distinct photos that were looked at for drift.");
        _alarms = meter.CreateCounter<long>("dandelionml.drift.alarms", "{alarm}", "Alarms that this process raised, by what shifted most.");
        meter.CreateObservableGauge(
            "dandelionml.drift.alarm", () => Of(state => state.Alarm is null ? 0 : 1), "{alarm}", "1 while an alarm stands, else 0, by model version.");
        meter.CreateObservableGauge(
            "dandelionml.drift.evidence", () => Of(state => DriftDetector.EvidenceShare(state, threshold)), "1",
            "Evidence for drift, by model version: its logarithm as a share of that of an alarm.");
        meter.CreateObservableGauge(
            "dandelionml.drift.unfamiliarity", () => Of(state => state.RecentRank), "1",
            "Mean rank of the last photos by strangeness among held-out ones, by model version: a half without drift.");
    }

    /// <summary>Counts photos that were just looked at.</summary>
    public void Count(DriftRecord record)
    {
        _photos.Add(record.Photos);
        if (record.IsNewAlarm)
        {
            _alarms.Add(1, TelemetryTags.Of("dandelionml.drift.kind", Text(record.State.Alarm!.Kind)));
        }
    }

    /// <summary>Keeps what is known of the champion's photos, to be asked for; null if nothing is.</summary>
    public void Keep(ServedDrift? current) => Volatile.Write(ref _current, current);

    private Measurement<double>[] Of(Func<DriftState, double?> read) => Volatile.Read(ref _current) is var (version, state) && read(state) is { } value
        ? [new Measurement<double>(value, TelemetryTags.Of(TelemetryTags.ModelVersion, version.ToString(CultureInfo.InvariantCulture)))]
        : [];

    private static string Text(DriftKind kind) => kind switch
    {
        DriftKind.Unfamiliar => "unfamiliar",
        DriftKind.More => "more",
        DriftKind.Fewer => "fewer",
        _ => TelemetryTags.Other,
    };
}
