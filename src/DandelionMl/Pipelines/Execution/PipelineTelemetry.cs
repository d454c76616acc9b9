using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Traces and metrics of the runs of this process, under the name <c>DandelionMl.Pipelines</c>.</summary>
internal sealed class PipelineTelemetry : IDisposable
{
    public const string Name = "DandelionMl.Pipelines";

    private readonly ActivitySource _source = new(Name);
    private readonly TimeProvider _time;
    private readonly Counter<long> _runs;
    private readonly Histogram<double> _stepDuration;

    public PipelineTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(Name);
        _runs = meter.CreateCounter<long>("dandelionml.pipeline.runs", "{run}", "Runs that ended, or began to wait, on this host, by pipeline and state.");
        _stepDuration = meter.CreateHistogram<double>("dandelionml.pipeline.step.duration", "s", "Time that an attempt at a step took.");
    }

    public Activity? StartRun(PipelineRun run) => _source.StartActivity($"pipeline {run.Pipeline}")?
        .SetTag("dandelionml.pipeline", run.Pipeline)
        .SetTag("dandelionml.pipeline.run", run.Id);

    public void EndRun(Activity? activity, PipelineRun run, PipelineState state)
    {
        activity?.SetTag("dandelionml.pipeline.state", Text(state));
        _runs.Add(1, Tag("pipeline", run.Pipeline), Tag("state", Text(state)));
    }

    public StepActivity StartStep(PipelineRun run, PipelineStepRun step) => new(
        _source.StartActivity($"step {step.Name}")?
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
            Tag("pipeline", run.Pipeline),
            Tag("step", step.Name),
            Tag("state", failure is null ? "succeeded" : Text(state)));
    }

    public void Dispose() => _source.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new($"dandelionml.{name}", value);

    private static string Text(PipelineState state) => Rows.PipelineStateText.Of(state);

    /// <summary>An attempt at a step under way.</summary>
    internal readonly record struct StepActivity(Activity? Activity, long StartedAt) : IDisposable
    {
        public void Dispose() => Activity?.Dispose();
    }
}
