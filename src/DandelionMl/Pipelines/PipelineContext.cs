using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using DandelionMl.Pipelines.Execution;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines;

/// <summary>A step's view of its run: parameters, output, log and what happens next. For one attempt.</summary>
/// <remarks>What the step sets (<see cref="SkipRest(string)"/>, <see cref="Trigger"/>, <see cref="Output"/>) is kept with the
/// step's success in one transaction, and not at all if the attempt fails.</remarks>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineContext
{
    private readonly PipelineRun _run;
    private readonly PipelineCatalog _pipelines;
    private readonly RunLog _log;
    private readonly Func<JsonObject, Task> _saveOutput;
    private readonly List<RequestedRun> _requested = [];

    internal PipelineContext(
        PipelineRun run,
        PipelineStepRun step,
        IServiceProvider services,
        PipelineCatalog pipelines,
        RunLog log,
        Func<JsonObject, Task> saveOutput,
        CancellationToken cancellationToken)
    {
        (_run, _pipelines, _log, _saveOutput) = (run, pipelines, log, saveOutput);
        (Services, CancellationToken) = (services, cancellationToken);
        (Step, Attempt, Output) = (step.Name, step.Attempt, step.Output.DeepClone().AsObject());
    }

    /// <summary>The run's number.</summary>
    public long RunId => _run.Id;

    /// <summary>The pipeline's id.</summary>
    public string Pipeline => _run.Pipeline;

    /// <summary>The step's name.</summary>
    public string Step { get; }

    /// <summary>The number of this attempt at the step, from 1.</summary>
    public int Attempt { get; }

    /// <summary>What the run was started with.</summary>
    public IReadOnlyDictionary<string, string> Parameters => _run.Parameters;

    /// <summary>What started the run.</summary>
    public IReadOnlyList<PipelineTrigger> Triggers => _run.Triggers;

    /// <summary>The application's services, in a scope of this attempt.</summary>
    public IServiceProvider Services { get; }

    /// <summary>Cancelled when the run is, when the step's time is over, when the host stops, and when the host no longer owns the
    /// run.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The step's output for later steps and for people: small values, such as numbers and ids. It starts with what an earlier
    /// attempt saved by <see cref="SaveOutputAsync"/>.</summary>
    public JsonObject Output { get; }

    internal Reason? SkipReason { get; private set; }

    internal IReadOnlyList<RequestedRun> Requested => _requested;

    /// <summary>A copy of an earlier step's output.</summary>
    /// <param name="step">The step's name.</param>
    /// <exception cref="ArgumentException">The pipeline has no such step.</exception>
    public JsonObject OutputOf(string step) =>
        (_run.Steps.FirstOrDefault(other => other.Name == step)
            ?? throw new ArgumentException($"Pipeline '{Pipeline}' has no step '{step}'.", nameof(step))).Output.DeepClone().AsObject();

    /// <summary>Keeps <see cref="Output"/> now, so that a later attempt finds it if this one is cut off.</summary>
    /// <exception cref="OperationCanceledException">The step was told to stop, did not, and was given up.</exception>
    public Task SaveOutputAsync() => _saveOutput(Output);

    /// <summary>Writes a line to the run's log; it is seen by others within about a second. Thread-safe.</summary>
    /// <param name="text">What happened; cut off after 4,000 characters.</param>
    /// <param name="level"><see cref="LogLevel.Warning"/> and <see cref="LogLevel.Error"/> stand out; all others are information.</param>
    public void Log(string text, LogLevel level = LogLevel.Information) => _log.Write(Step, text, level);

    /// <summary>Skips the later steps: the run ends after this one.</summary>
    /// <param name="reason">The reason, in words.</param>
    public void SkipRest(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        SkipRest(Reason.Said(reason));
    }

    internal void SkipRest(Reason reason) => SkipReason = reason;

    /// <summary>Starts another pipeline when this step has succeeded. If that is active, the run is queued behind it; if one is queued
    /// there already, this trigger joins it, and of parameters that both have, the later one's value counts.</summary>
    /// <param name="pipeline">The other pipeline's id.</param>
    /// <param name="parameters">What to start it with.</param>
    /// <exception cref="UnknownPipelineException">The pipeline was not found.</exception>
    /// <exception cref="InvalidPipelineParametersException">The parameters are not what it can be started with.</exception>
    public void Trigger(string pipeline, IReadOnlyDictionary<string, string>? parameters = null)
    {
        var definition = _pipelines.Get(pipeline);
        var request = new RequestedRun(definition, parameters ?? new Dictionary<string, string>());
        definition.Check(request.Parameters);
        _requested.Add(request);
    }
}
