using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

/// <summary>What tests of runs that another scheduler starts have in common.</summary>
public abstract class PipelineStartSuite(TestDatabase database) : PipelineSuite(database)
{
    private protected static TimeSpan Lease { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Done when the first step of a blocking pipeline works.</summary>
    private protected TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets it go on.</summary>
    private protected TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected static Task<StartedRun> StartAsync(PipelineProcess process, StartTerms terms) =>
        process.Runs.StartAsync("three", "alice", null, terms, Cancellation);

    private protected static Task<PipelineOutcome> RunAsync(PipelineProcess process, StartTerms terms) =>
        process.Runner.RunAsync("three", "alice", null, terms, withTriggered: true, progress: null, Cancellation);

    private protected static PipelineDefinition Three(Action<PipelineContext>? two = null) =>
        new("three", "", Step("one"), Step("two", two), Step("three"));

    private protected PipelineDefinition Blocking() => new(
        "three",
        "",
        new PipelineStep("one", async context =>
        {
            Started.TrySetResult();
            await Go.Task.WaitAsync(context.CancellationToken);
        }),
        Step("two"),
        Step("three"));
}
