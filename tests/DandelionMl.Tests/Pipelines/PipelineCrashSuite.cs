using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

/// <summary>A process that ends right before, or right after, any of its reads and transactions.</summary>
public abstract class PipelineCrashSuite(TestDatabase database) : PipelineSuite(database)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ended_at_any_step_on_the_database_is_resumed_and_ends_like_an_undisturbed_one(bool isCarriedOut)
    {
        var expected = await RunAsync("undisturbed", crash: null);
        var step = 0;
        while (true)
        {
            var crash = new CrashSwitch(step, isCarriedOut);
            Assert.Equal(expected, await RunAsync($"crash-{step}", crash));
            if (crash.Steps <= step)
            {
                break;
            }

            step++;
        }

        // A start, three claims with their searches, and a begin and an end for each of four steps.
        Assert.InRange(step, 15, 60);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Schedule_fired_by_a_process_that_ends_at_any_step_on_the_database_fires_once(bool isCarriedOut)
    {
        for (var step = 0; ; step++)
        {
            var pipeline = new PipelineDefinition($"nightly-{step}", "", Step("only")) { Schedule = "0 0 * * *" };
            var first = Open(pipeline);
            await first.Scheduler.CheckAsync(Cancellation);

            Time.Advance(TimeSpan.FromDays(1));
            var crash = new CrashSwitch(step, isCarriedOut);
            var crashing = Open(Time, [pipeline], around: work => crash.StepAsync(() => WrapAsync(work)));
            await IgnoreCrashAsync(() => crashing.Scheduler.CheckAsync(Cancellation));
            var process = Open(pipeline);
            await process.Scheduler.CheckAsync(Cancellation);
            Assert.Single((await process.Runs.ListAsync(pipeline.Id, cancellationToken: Cancellation)).Runs);
            if (crash.Steps <= step)
            {
                Assert.InRange(step, 3, 20);
                return;
            }
        }
    }

    /// <summary>Runs a pipeline that triggers another, in a process that may crash; another process does the rest.</summary>
    /// <returns>What the database holds in the end.</returns>
    private async Task<string> RunAsync(string name, CrashSwitch? crash)
    {
        PipelineDefinition[] pipelines =
        [
            new PipelineDefinition($"{name}-a", "", Step("one", context => context.Output["n"] = 1), Step("two"), Step("three", context =>
            {
                context.Log("triggering");
                context.Trigger($"{name}-b");
            })),
            new PipelineDefinition($"{name}-b", "", Step("only", context => context.Log("triggered"))),
        ];
        if (crash is not null)
        {
            var crashing = Open(Time, pipelines, around: work => crash.StepAsync(() => WrapAsync(work)));
            await IgnoreCrashAsync(async () =>
            {
                await crashing.Runs.StartAsync($"{name}-a", "alice", cancellationToken: Cancellation);
                await crashing.WorkAsync();
            });
            Time.Advance(TimeSpan.FromSeconds(31));
        }

        var process = Open(pipelines);
        if ((await process.Runs.ListAsync($"{name}-a", cancellationToken: Cancellation)).Runs.Count == 0)
        {
            await process.Runs.StartAsync($"{name}-a", "alice", cancellationToken: Cancellation);
        }

        await process.WorkAsync();
        return string.Join('\n', await Task.WhenAll(pipelines.Select(pipeline => DescribeAsync(process, pipeline.Id))));
    }

    private static async Task<string> DescribeAsync(PipelineProcess process, string pipeline)
    {
        var runs = (await process.Runs.ListAsync(pipeline, cancellationToken: Cancellation)).Runs;
        var lines = await process.Runs.ReadLogAsync(runs[0].Id, cancellationToken: Cancellation);
        return string.Join(
            '\n',
            [
                .. runs.Select(run => $"{run.State} {run.Triggers.Count} {string.Join(' ', run.Steps.Select(step => $"{step.State}{step.Output}"))}"),
                .. lines.Select(line => line.Text).Where(text => !text.Contains("stopped responding", StringComparison.Ordinal)),
            ]);
    }

    private static async Task<int> WrapAsync(Func<Task> work)
    {
        await work();
        return 0;
    }

    private static async Task IgnoreCrashAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (SimulatedCrashException)
        {
        }
    }
}
