using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.BuiltIn;
using DandelionMl.Pipelines.Execution;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Testing;

/// <summary>Runs a step in a unit test: without a database, a worker or a host. Each call is the next attempt at the same step, so that a
/// test can see that a second one leaves what the first did. For one thread.</summary>
/// <example><code>
/// var harness = new PipelineStepHarness { Parameters = { ["dataset"] = "photos" } };
/// var result = await harness.RunAsync(new CheckStep());
/// Assert.Equal("nothing new", result.SkipReason);
/// </code></example>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed class PipelineStepHarness
{
    private readonly List<PipelineLogLine> _lines = [];
    private readonly TimeProvider _time;
    private RunLog? _log;
    private JsonObject _saved = [];
    private int _attempts;

    /// <summary>Creates the harness.</summary>
    /// <param name="time">The clock of the log's lines; the system's if null.</param>
    public PipelineStepHarness(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <summary>The run's number.</summary>
    public long RunId { get; init; } = 1;

    /// <summary>The pipeline's id; <c>test</c> by default.</summary>
    public string Pipeline { get; init; } = "test";

    /// <summary>The step's name; <c>step</c> by default.</summary>
    public string Step { get; init; } = "step";

    /// <summary>What the run was started with; nothing by default.</summary>
    public IDictionary<string, string> Parameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What started the run; a person called <c>test</c> by default.</summary>
    public IList<PipelineTrigger> Triggers { get; } =
        [new PipelineTrigger(PipelineTriggerKind.Manual, DateTimeOffset.UnixEpoch, "test")];

    /// <summary>The outputs of earlier steps, by name; none by default.</summary>
    public IDictionary<string, JsonObject> Outputs { get; } = new Dictionary<string, JsonObject>(StringComparer.Ordinal);

    /// <summary>The pipelines that the step may start, beside the library's own.</summary>
    public IList<PipelineDefinition> Pipelines { get; } = [];

    /// <summary>The services that the step can ask for; none by default.</summary>
    public IServiceProvider Services { get; init; } = new ServiceCollection().BuildServiceProvider();

    /// <summary>The lines that all attempts wrote, the oldest first.</summary>
    public IReadOnlyList<PipelineLogLine> Log => _lines;

    /// <summary>Makes the next attempt.</summary>
    /// <param name="step">The step.</param>
    /// <param name="cancellationToken">The step's <see cref="PipelineContext.CancellationToken"/>.</param>
    /// <returns>The step's result, as a run stores it; exceptions of the step are not wrapped.</returns>
    public Task<PipelineStepResult> RunAsync(IPipelineStep step, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(step);
        return RunAsync(step.RunAsync, cancellationToken);
    }

    /// <summary>Makes the next attempt at a step of a pipeline, its class taken from <see cref="Services"/>.</summary>
    /// <param name="step">The step, as its pipeline has it.</param>
    /// <param name="cancellationToken">The step's <see cref="PipelineContext.CancellationToken"/>.</param>
    /// <returns>The step's result, as a run stores it; exceptions of the step are not wrapped.</returns>
    public Task<PipelineStepResult> RunAsync(PipelineStep step, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(step);
        return RunAsync(step.Run, cancellationToken);
    }

    private async Task<PipelineStepResult> RunAsync(Func<PipelineContext, Task> work, CancellationToken cancellationToken)
    {
        _log ??= new RunLog(RunId, 0, _time, new Lines(_lines));
        var scope = Services.CreateAsyncScope();
        await using var scopeLifetime = scope.ConfigureAwait(false);
        var step = Describe(Step, _saved) with { State = PipelineState.Running, Attempt = ++_attempts };
        var pipelines = new PipelineCatalog(
            [IngestDatasetPipeline.Definition, TrainPipeline.Definition, RetrainPipeline.Definition, .. Pipelines]);
        var context = new PipelineContext(Run(step), step, scope.ServiceProvider, pipelines, _log, SaveAsync, cancellationToken);
        await work(context).ConfigureAwait(false);
        await SaveAsync(context.Output).ConfigureAwait(false);
        return new PipelineStepResult
        {
            Attempt = context.Attempt,
            Output = context.Output,
            SkipReason = context.SkipReason?.ToString(),
            Triggered = [.. context.Requested.Select(request => (request.Pipeline.Id, request.Parameters))],
        };
    }

    private PipelineRun Run(PipelineStepRun step) => new()
    {
        Id = RunId,
        Pipeline = Pipeline,
        State = PipelineState.Running,
        Attempt = 1,
        Parameters = Parameters.AsReadOnly(),
        CreatedAt = DateTimeOffset.UnixEpoch,
        Steps = [.. Outputs.Select(output => Describe(output.Key, output.Value) with { State = PipelineState.Succeeded }), step],
        Triggers = [.. Triggers],
    };

    private static PipelineStepRun Describe(string name, JsonObject output) =>
        new() { Name = name, State = PipelineState.Queued, Output = output };

    private Task SaveAsync(JsonObject output)
    {
        _saved = output.DeepClone().AsObject();
        return Task.CompletedTask;
    }

    private sealed class Lines(List<PipelineLogLine> lines) : IProgress<PipelineLogLine>
    {
        public void Report(PipelineLogLine value) => lines.Add(value);
    }
}

/// <summary>The result of an attempt at a step.</summary>
[Experimental(DandelionMlExperiments.Pipelines)]
public sealed record PipelineStepResult
{
    /// <summary>The number of the attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The step's output for later steps and for people.</summary>
    public required JsonObject Output { get; init; }

    /// <summary>Why the later steps are skipped; null if they are not.</summary>
    public string? SkipReason { get; init; }

    /// <summary>The pipelines that the step starts, in order, with what it starts them with.</summary>
    public required IReadOnlyList<(string Pipeline, IReadOnlyDictionary<string, string> Parameters)> Triggered { get; init; }
}
