using System.Diagnostics.Metrics;
using DandelionMl.Pipelines;
using DandelionMl.Telemetry;

namespace DandelionMl.Monitoring;

/// <summary>Metrics of how the learning loop stands, from the state that was read last; none once that is old.</summary>
internal sealed class LoopStateTelemetry
{
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;
    private LoopState? _state;

    public LoopStateTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = LibraryTelemetry.Meter(meters);
        meter.CreateObservableGauge(
            "dandelionml.review.pending", () => Of(state => state.PendingPhotos), "{photo}", "Photos that wait for review.");
        meter.CreateObservableGauge(
            "dandelionml.review.oldest_age", () => Of(state => Age(state.OldestPendingAt)), "s", "Age of the oldest photo that waits for review.");
        meter.CreateObservableGauge(
            "dandelionml.model.champion", () => Of(state => state.Champion), "{version}", "The champion's version; 0 for none.");
        meter.CreateObservableGauge(
            "dandelionml.model.champion_age", () => Of(state => Age(state.ChampionSince)), "s", "Time since the champion became it.");
        meter.CreateObservableGauge(
            "dandelionml.model.rejected_since", () => Of(state => state.RejectedSince), "{version}", "Versions that the gate rejected since the champion became it.");
        meter.CreateObservableGauge(
            "dandelionml.gate.test_image_uses", () => Of(state => state.TestImageUses), "{verdict}",
            "Verdicts of the gate that its newest test images were used for, on average.");
        meter.CreateObservableGauge(
            "dandelionml.gate.maximum_test_image_uses", () => Of(state => state.MaximumTestImageUses), "{verdict}",
            "Verdicts that test images may be used for.");
        meter.CreateObservableGauge(
            "dandelionml.model.live_accuracy", LiveAccuracy, "1",
            "Accuracy of the champion on the photos of its newest week with enough reviews, and the ends of its 95 % interval.");
        meter.CreateObservableGauge(
            "dandelionml.review.missing_random", () => Of(state => state.LiveAccuracy?.Figure.Missing), "{photo}",
            "Photos, drawn at random, that are to be reviewed before the champion's live accuracy is known.");
        meter.CreateObservableGauge(
            "dandelionml.store.free", () => Of(state => state.FreeBytes), "By", "Bytes that the image store can still take, where it can be told.");
        meter.CreateObservableGauge(
            "dandelionml.pipeline.failed", () => OfPipelines(LastFailed), "{run}", "1 if the newest run that has ended failed, else 0, by pipeline.");
        meter.CreateObservableGauge(
            "dandelionml.pipeline.next_run", () => OfPipelines(NextRun), "s", "Time until the pipeline is next due, by pipeline.");
    }

    public void Keep(LoopState state) => Volatile.Write(ref _state, state);

    private LoopState? Current => Volatile.Read(ref _state) is { } state && _time.GetUtcNow() - state.ReadAt < Old ? state : null;

    private IEnumerable<Measurement<double>> Of(Func<LoopState, double?> read) =>
        Current is { } state && read(state) is { } value ? [new Measurement<double>(value)] : [];

    private IEnumerable<Measurement<double>> OfPipelines(Func<PipelineInfo, double?> read) =>
        from pipeline in Current?.Pipelines ?? []
        let value = read(pipeline)
        where value is not null
        select new Measurement<double>(value.Value, TelemetryTags.Of("dandelionml.pipeline", pipeline.Id));

    private IEnumerable<Measurement<double>> LiveAccuracy() => Current?.LiveAccuracy?.Figure.Estimate is not { } estimate ? [] :
    [
        new(estimate.Accuracy, TelemetryTags.Of("dandelionml.estimate", "value")),
        new(estimate.Low, TelemetryTags.Of("dandelionml.estimate", "low")),
        new(estimate.High, TelemetryTags.Of("dandelionml.estimate", "high")),
    ];

    private double? Age(DateTimeOffset? since) => since is { } at ? Math.Max((_time.GetUtcNow() - at).TotalSeconds, 0) : null;

    private double? LastFailed(PipelineInfo pipeline) =>
        Current?.LastEnded.GetValueOrDefault(pipeline.Id) is { } run ? (run.State == PipelineState.Failed ? 1 : 0) : null;

    private double? NextRun(PipelineInfo pipeline) =>
        pipeline.NextRunAt is { } at ? Math.Max((at - _time.GetUtcNow()).TotalSeconds, 0) : null;
}
