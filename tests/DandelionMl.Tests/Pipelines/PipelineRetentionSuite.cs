using DandelionMl.Pipelines;
using DandelionMl.Pipelines.Retention;
using DandelionMl.Pipelines.Rows;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Tests.Pipelines;

/// <summary>Which runs and logs are kept, and how the others go.</summary>
public abstract class PipelineRetentionSuite(TestDatabase database) : PipelineSuite(database)
{
    private static readonly PipelineDefinition Daily = new("daily", "", Step("only", context => context.Log("done")));

    [Fact]
    public async Task Sweep_deletes_runs_that_ended_too_long_ago_but_the_newest()
    {
        var process = Open(options => options.RunRetention = TimeSpan.FromDays(10), Daily);
        await RunAsync(process, "daily");
        Time.Advance(TimeSpan.FromDays(5));
        await RunAsync(process, "daily");
        Time.Advance(TimeSpan.FromDays(5));
        Assert.Equal(0, await process.Runs.SweepAsync(Cancellation));
        Time.Advance(TimeSpan.FromMicroseconds(1));

        Assert.Equal(1, await process.Runs.SweepAsync(Cancellation));
        Assert.Equal([2], await IdsAsync(process));
        Time.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(0, await process.Runs.SweepAsync(Cancellation));
        Assert.Equal("1 1 1 1", await CountAsync(process));
        Assert.Null(await process.Runs.FindAsync(1, Cancellation));
        Assert.Empty(await process.Runs.ReadLogAsync(1, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Sweep_keeps_so_many_runs_of_each_pipeline_and_no_number_comes_twice()
    {
        var process = Open(options => options.MaxRuns = 2, Daily, new PipelineDefinition("other", "", Step("only")));
        foreach (var pipeline in new[] { "daily", "daily", "other", "daily", "daily" })
        {
            await RunAsync(process, pipeline);
        }

        Assert.Equal(2, await process.Runs.SweepAsync(Cancellation));
        Assert.Equal([5, 4, 3], await IdsAsync(process));
        Assert.Equal(6, (await process.Runs.StartAsync("daily", "alice", cancellationToken: Cancellation)).Id);
    }

    [Fact]
    public async Task Sweep_without_limits_deletes_nothing()
    {
        var process = Open(options => (options.RunRetention, options.MaxRuns, options.LogRetention) = (TimeSpan.Zero, 0, TimeSpan.Zero), Daily);
        await RunAsync(process, "daily");
        await RunAsync(process, "daily");
        Time.Advance(TimeSpan.FromDays(100_000));

        Assert.Equal(0, await process.Runs.SweepAsync(Cancellation));
        Assert.Equal("2 2 2 2", await CountAsync(process));
    }

    [Fact]
    public async Task Sweep_deletes_no_run_that_has_not_ended()
    {
        var waiting = new PipelineDefinition("waiting", "", new PipelineStep("only", _ => throw new InvalidOperationException())
        {
            RetryDelay = TimeSpan.FromDays(5000), MaxRetryDelay = TimeSpan.FromDays(5000),
        });
        var source = new PipelineDefinition("source", "", Step("only", context => context.Trigger("waiting")));
        var process = Open(options => (options.RunRetention, options.MaxRuns) = (TimeSpan.FromDays(1), 1), waiting, source, Daily);
        await RunAsync(process, "waiting");
        await RunAsync(process, "source");
        var running = await process.Runs.StartAsync("daily", "alice", cancellationToken: Cancellation);
        await process.Claims.TryClaimAsync(running.Id, Cancellation);
        Time.Advance(TimeSpan.FromDays(1000));

        Assert.Equal(0, await process.Runs.SweepAsync(Cancellation));
        Assert.Equal(
            [("waiting", PipelineState.Waiting), ("source", PipelineState.Succeeded), ("waiting", PipelineState.Queued), ("daily", PipelineState.Running)],
            (await process.Runs.ListAsync(cancellationToken: Cancellation)).Runs.Reverse().Select(run => (run.Pipeline, run.State)));
    }

    [Fact]
    public async Task Run_that_started_another_goes_with_that_and_not_before()
    {
        var source = new PipelineDefinition("source", "", Step("only", context => context.Trigger("target")));
        var target = new PipelineDefinition("target", "", Step("only"));
        var process = Open(options => options.MaxRuns = 1, source, target);
        await process.Runs.StartAsync("source", "alice", cancellationToken: Cancellation);
        await process.WorkAsync();
        Assert.Equal([2, 1], await IdsAsync(process));
        var quiet = Open(options => options.MaxRuns = 1, new PipelineDefinition("source", "", Step("only")), target);
        await RunAsync(quiet, "source");
        Assert.Equal(0, await quiet.Runs.SweepAsync(Cancellation));

        await RunAsync(quiet, "target");
        Assert.Equal(2, await quiet.Runs.SweepAsync(Cancellation));
        Assert.Equal([4, 3], await IdsAsync(quiet));
    }

    [Fact]
    public async Task Logs_go_before_their_runs()
    {
        var process = Open(options => options.LogRetention = TimeSpan.FromDays(3), Daily);
        await RunAsync(process, "daily");
        await RunAsync(process, "daily");
        Time.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMicroseconds(1));

        Assert.Equal(new Swept(0, 1), await process.Sweep.SweepAsync(TimeSpan.Zero, Cancellation));
        Assert.Empty(await process.Runs.ReadLogAsync(1, cancellationToken: Cancellation));
        Assert.Single(await process.Runs.ReadLogAsync(2, cancellationToken: Cancellation));
        Assert.Equal("2 2 2 1", await CountAsync(process));
    }

    [Fact]
    public async Task Sweep_of_much_goes_in_batches_and_by_one_process_at_a_time()
    {
        const int runs = (2 * SweepRows.RunsPerBatch) + 50;
        const int lines = (2 * SweepRows.LinesPerBatch) + 500;
        var processes = Enumerable.Range(0, 4).Select(_ => Open(options => options.MaxRuns = 1, Daily)).ToList();
        await RunAsync(processes[0], "daily");
        await AddPastRunsAsync(processes[0], runs);
        await AddLinesAsync(processes[0], run: 2, lines);

        var swept = await Task.WhenAll(processes.Select(process => Task.Run(() => process.Sweep.SweepAsync(TimeSpan.Zero, Cancellation))));

        Assert.Equal((runs, lines + 1), (swept.Sum(each => each.Runs), swept.Sum(each => each.Lines)));
        Assert.Equal([runs + 1], await IdsAsync(processes[0]));
    }

    [Fact]
    public async Task Sweep_of_a_process_that_is_gone_is_taken_over_when_its_lease_ends()
    {
        var process = Open(options => options.MaxRuns = 1, Daily);
        await RunAsync(process, "daily");
        await RunAsync(process, "daily");
        await process.Database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE pipeline_sweeps SET lease = 'gone', lease_until = @until", [("until", Start.AddMinutes(5))]),
            Cancellation);

        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, await process.Runs.SweepAsync(Cancellation));
        Time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Equal(1, await process.Runs.SweepAsync(Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sweep_ended_at_any_step_on_the_database_is_finished_by_the_next(bool isCarriedOut)
    {
        var process = Open(options => options.MaxRuns = 1, Daily);
        await RunAsync(process, "daily");
        for (var step = 0; ; step++)
        {
            await RunAsync(process, "daily");
            var crash = new CrashSwitch(step, isCarriedOut);
            var crashing = Open(Time, [Daily], options => options.MaxRuns = 1, work => crash.StepAsync(async () =>
            {
                await work();
                return 0;
            }));
            try
            {
                await crashing.Runs.SweepAsync(Cancellation);
            }
            catch (SimulatedCrashException)
            {
            }

            Time.Advance(TimeSpan.FromMinutes(6));
            await process.Runs.SweepAsync(Cancellation);
            Assert.Single(await IdsAsync(process));
            if (crash.Steps <= step)
            {
                Assert.InRange(step, 4, 40);
                return;
            }
        }
    }

    [Fact]
    public async Task Worker_sweeps_at_its_start_and_then_at_each_interval()
    {
        var process = Open(options => options.MaxRuns = 1, Daily);
        await RunAsync(process, "daily");
        await RunAsync(process, "daily");
        await process.Worker.StartAsync(Cancellation);
        await UntilCountAsync(process, 1);

        // A sweep goes round until nothing is left to delete, and would take a run that succeeds meanwhile for the newest.
        await Eventually.IsAsync(async () => await process.Database.ReadAsync(
            session => session.ScalarAsync<long>("SELECT COUNT(*) FROM pipeline_sweeps WHERE lease IS NULL AND swept_at IS NOT NULL"), Cancellation) == 1);
        await process.Runs.StartAsync("daily", "alice", cancellationToken: Cancellation);
        await Eventually.IsAsync(
            async () => (await process.Runs.ListAsync(state: PipelineState.Succeeded, cancellationToken: Cancellation)).Runs.Count == 2,
            () => Time.Advance(TimeSpan.FromSeconds(1)));

        Time.Advance(TimeSpan.FromHours(1));
        await UntilCountAsync(process, 1);
        await process.Worker.StopAsync(Cancellation);
    }

    private PipelineProcess Open(Action<PipelineOptions> configure, params PipelineDefinition[] pipelines) => Open(Time, pipelines, configure);

    private static async Task RunAsync(PipelineProcess process, string pipeline)
    {
        await process.Runs.StartAsync(pipeline, "alice", cancellationToken: Cancellation);
        await process.WorkAsync();
    }

    private static async Task<IEnumerable<long>> IdsAsync(PipelineProcess process) =>
        (await process.Runs.ListAsync(cancellationToken: Cancellation)).Runs.Select(run => run.Id);

    private static Task UntilCountAsync(PipelineProcess process, int runs) =>
        Eventually.IsAsync(async () => (await process.Runs.ListAsync(cancellationToken: Cancellation)).Runs.Count == runs);

    /// <summary>How many runs, steps, triggers and lines there are.</summary>
    private static Task<string> CountAsync(PipelineProcess process) => process.Database.ReadAsync(
        async session => string.Join(' ', [
            await session.ScalarAsync<long>("SELECT COUNT(*) FROM pipeline_runs"),
            await session.ScalarAsync<long>("SELECT COUNT(*) FROM pipeline_steps"),
            await session.ScalarAsync<long>("SELECT COUNT(*) FROM pipeline_triggers"),
            await session.ScalarAsync<long>("SELECT COUNT(*) FROM pipeline_log"),
        ]),
        Cancellation);

    private static Task<int> AddPastRunsAsync(PipelineProcess process, int runs) => process.Database.WriteAsync(
        session => session.ExecuteAsync(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @runs)
            INSERT INTO pipeline_runs (pipeline, state, attempt, parameters, created_at, finished_at)
            SELECT 'daily', 'succeeded', 1, '{}', @at, @at FROM n
            """,
            [("runs", runs), ("at", Start)]),
        Cancellation);

    private static Task<int> AddLinesAsync(PipelineProcess process, long run, int lines) => process.Database.WriteAsync(
        async session =>
        {
            await LogRows.InsertAsync(
                session, [.. Enumerable.Range(1, lines).Select(i => new PipelineLogLine(run, i, "only", Start, LogLevel.Information, "line"))]);
            return 0;
        },
        Cancellation);
}
