using System.Diagnostics;
using System.Diagnostics.Metrics;
using DandelionMl.Telemetry;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Traces and metrics of the runs of this process.</summary>
internal sealed class PipelineTelemetry
{
    private readonly TimeProvider _time;
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _stepDuration;

    public PipelineTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = LibraryTelemetry.Meter(meters);
        _runs = meter.CreateCounter<long>("dandelionml.pipeline.runs", "{run}", "Pipeline runs that ended, or began to wait, in this process, by pipeline and state.");
        _stepDuration = meter.CreateHistogram(
            "dandelionml.pipeline.step.duration", "s", "Time that an attempt at a step took, by pipeline, step and result.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 15, 60, 300, 1_800, 7_200, 28_800] });
    }

    /// <summary>Begins the span of a run: in the trace of what started it last, on whichever machine that was, and linked to what had started it
    /// before.</summary>
    public static Activity? StartRun(PipelineRun run)
    {
        var origins = run.Triggers.Select(OriginOf).Where(origin => origin != default).ToList();
        return LibraryTelemetry.Source.StartActivity(
            ActivityKind.Internal,
            parentContext: origins.LastOrDefault(),
            links: origins.SkipLast(1).Select(origin => new ActivityLink(origin)),
            name: $"pipeline {run.Pipeline}")?
            .SetTag("dandelionml.pipeline", run.Pipeline)
            .SetTag("dandelionml.pipeline.run", run.Id);
    }

    public void EndRun(Activity? activity, PipelineRun run, PipelineState state)
    {
        activity?.SetTag("dandelionml.pipeline.state", Text(state));
        _runs.Add(1, TelemetryTags.Of("dandelionml.pipeline", run.Pipeline), TelemetryTags.Of("dandelionml.pipeline.state", Text(state)));
    }

    public StepActivity StartStep(PipelineRun run, PipelineStepRun step) => new(
        LibraryTelemetry.Source.StartActivity($"step {step.Name}")?
            .SetTag("dandelionml.pipeline", run.Pipeline)
            .SetTag("dandelionml.pipeline.step", step.Name)
            .SetTag("dandelionml.pipeline.attempt", step.Attempt),
        _time.GetTimestamp());

    public void EndStep(StepActivity activity, PipelineRun run, PipelineStepRun step, PipelineState state, Exception? failure)
    {
        if (failure is not null)
        {
            activity.Activity?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
        }

        _stepDuration.Record(
            _time.GetElapsedTime(activity.StartedAt).TotalSeconds,
            TelemetryTags.Of("dandelionml.pipeline", run.Pipeline),
            TelemetryTags.Of("dandelionml.pipeline.step", step.Name),
            TelemetryTags.Of("dandelionml.pipeline.state", failure is null ? "succeeded" : Text(state)));
    }

    private static ActivityContext OriginOf(PipelineTrigger trigger) =>
        ActivityContext.TryParse(trigger.TraceParent, traceState: null, isRemote: true, out var origin) ? origin : default;

    private static string Text(PipelineState state) => Rows.PipelineStateText.Of(state);

    /// <summary>An attempt at a step under way.</summary>
    internal readonly record struct StepActivity(Activity? Activity, long StartedAt) : IDisposable
    {
        public void Dispose() => Activity?.Dispose();
    }
}
