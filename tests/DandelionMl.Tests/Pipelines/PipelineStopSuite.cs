using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

/// <summary>Steps that take too long, or do not listen when they are told to stop.</summary>
public abstract class PipelineStopSuite(TestDatabase database) : PipelineSuite(database)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _told = Signal();
    private readonly TaskCompletionSource _started = Signal();
    private readonly ManualResetEventSlim _gate = new();
    private int _atWork;
    private int _mostAtWork;

    [Fact]
    public async Task Step_that_takes_too_long_is_told_to_stop_and_fails_with_its_time_out()
    {
        var pipeline = new PipelineDefinition("slow", "", new PipelineStep("only", async context =>
        {
            _started.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }) { Timeout = TimeSpan.FromMinutes(10), Retries = 1 });
        var process = Open(pipeline);
        var id = (await process.Runs.StartAsync("slow", "alice", cancellationToken: Cancellation)).Id;
        await process.Worker.LookAsync(CancellationToken.None);
        await _started.Task;

        Time.Advance(TimeSpan.FromMinutes(10));
        await process.Worker.WhenIdleAsync();

        var run = await process.GetAsync(id);
        Assert.Equal(("Waiting only:Waiting:1", Start.AddMinutes(15)), (Describe(run), run.RetryAt!.Value));
        Assert.Equal("It took longer than its time-out of 00:10:00.", run.Steps[0].Reason);
    }

    [Fact]
    public async Task Step_that_ends_within_its_time_is_not_touched_by_it()
    {
        var process = Open(new PipelineDefinition("quick", "", new PipelineStep("only", context =>
        {
            Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
            context.CancellationToken.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        }) { Timeout = TimeSpan.FromMinutes(10) }));
        var outcome = await process.Runner.RunAsync("quick", "alice", cancellationToken: Cancellation);

        Assert.Equal("Succeeded only:Succeeded:1", Describe(outcome.Run));
    }

    [Fact]
    public async Task Cancel_of_a_step_that_ignores_it_is_recorded_after_the_grace_and_holds_the_pipeline_until_the_step_returns()
    {
        var (process, other) = (Open(Deaf()), Open(Deaf()));
        var id = await StartAsync(process);
        await other.Runs.CancelAsync(id, "bob", Cancellation);
        Time.Advance(Heartbeat);
        await _told.Task;
        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(PipelineState.Running, (await other.GetAsync(id)).State);
        Time.Advance(TimeSpan.FromSeconds(1));
        await process.Worker.WhenIdleAsync();

        var run = await other.GetAsync(id);
        Assert.Equal("Cancelled only:Cancelled:1", Describe(run));
        Assert.StartsWith("cancelled by bob. Step 'only' did not stop within 00:00:30 and is still running on ", run.Reason, StringComparison.Ordinal);
        var next = await other.Runs.StartAsync("deaf", "carol", cancellationToken: Cancellation);
        Assert.Equal(id, await HeldByAsync(other));
        for (var beat = 0; beat < 10; beat++)
        {
            Time.Advance(Heartbeat);
            await Eventually.IsAsync(async () => await HeldUntilAsync(other) == Time.GetUtcNow().AddSeconds(30));
            Assert.Equal((0, 0), (await other.WorkAsync(), await process.WorkAsync()));
        }

        _gate.Set();
        await Eventually.IsAsync(async () => await HeldByAsync(other) is null);
        Assert.Equal(1, await other.WorkAsync());
        Assert.Equal(("Succeeded only:Succeeded:1", 1), (Describe(await other.GetAsync(next.Id)), _mostAtWork));

        // What the step said when it was given up already is no part of the run.
        Assert.Equivalent(run, await other.GetAsync(id), strict: true);
        Assert.DoesNotContain(
            await other.Runs.ReadLogAsync(id, cancellationToken: Cancellation), line => line.Text.Contains("too late", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Time_out_of_a_step_that_ignores_it_puts_the_next_attempt_off_until_it_returns()
    {
        var pipeline = Deaf(timeout: TimeSpan.FromMinutes(10), retryDelay: TimeSpan.FromSeconds(10));
        var (process, other) = (Open(pipeline), Open(pipeline));
        var id = await StartAsync(process);
        Time.Advance(TimeSpan.FromMinutes(10));
        await _told.Task;
        Time.Advance(TimeSpan.FromSeconds(30));
        await process.Worker.WhenIdleAsync();

        var run = await other.GetAsync(id);
        Assert.Equal("Waiting only:Waiting:1", Describe(run));
        Assert.StartsWith(
            "It took longer than its time-out of 00:10:00. Step 'only' did not stop within 00:00:30", run.Steps[0].Reason, StringComparison.Ordinal);
        for (var beat = 0; beat < 4; beat++)
        {
            Time.Advance(Heartbeat);
            await Eventually.IsAsync(async () => await HeldUntilAsync(other) == Time.GetUtcNow().AddSeconds(30));
            Assert.Equal(0, await other.WorkAsync());
        }

        _gate.Set();
        await Eventually.IsAsync(async () => await HeldByAsync(other) is null);
        Assert.Equal(1, await other.WorkAsync());
        Assert.Equal(("Succeeded only:Succeeded:2", 1), (Describe(await other.GetAsync(id)), _mostAtWork));
    }

    [Fact]
    public async Task Hold_of_a_process_that_is_gone_ends_like_its_leases()
    {
        var (process, other) = (Open(Deaf()), Open(Deaf()));
        await GiveUpAsync(process, other);
        var next = await other.Runs.StartAsync("deaf", "carol", cancellationToken: Cancellation);

        await process.DisposeAsync();
        _gate.Set(); // Lets the test's own thread go; nobody watches it any more.
        Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(0, await other.WorkAsync());
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await other.WorkAsync());
        Assert.Equal(PipelineState.Succeeded, (await other.GetAsync(next.Id)).State);
    }

    [Fact]
    public async Task RunAsync_of_a_held_pipeline_waits_until_it_is_free()
    {
        var (process, other) = (Open(Deaf()), Open(Deaf()));
        var id = await GiveUpAsync(process, other);
        var running = other.Runner.RunAsync("deaf", "carol", cancellationToken: Cancellation);
        await Eventually.IsAsync(async () => (await other.Runs.ListAsync("deaf", cancellationToken: Cancellation)).Runs[0].Id != id);
        Assert.Equal(PipelineState.Queued, (await other.Runs.ListAsync("deaf", cancellationToken: Cancellation)).Runs[0].State);

        _gate.Set();
        await Eventually.IsAsync(async () => await HeldByAsync(other) is null);
        await Eventually.IsAsync(() => Task.FromResult(running.IsCompleted), () => Time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal("Succeeded only:Succeeded:1", Describe((await running).Run));
    }

    [Fact]
    public async Task Failures_put_the_next_attempt_off_further_each_time_up_to_the_limit()
    {
        var process = Open(new PipelineDefinition("flaky", "", new PipelineStep("only", _ => throw new InvalidOperationException())
        {
            Retries = 4, RetryDelay = TimeSpan.FromMinutes(1), MaxRetryDelay = TimeSpan.FromMinutes(3),
        }));
        var id = (await process.Runs.StartAsync("flaky", "alice", cancellationToken: Cancellation)).Id;
        foreach (var minutes in new[] { 1, 2, 3, 3 })
        {
            Assert.Equal(1, await process.WorkAsync());
            Assert.Equal(Time.GetUtcNow().AddMinutes(minutes), (await process.GetAsync(id)).RetryAt);
            Time.Advance(TimeSpan.FromMinutes(minutes));
        }

        await process.WorkAsync();
        Assert.Equal("Failed only:Failed:5", Describe(await process.GetAsync(id)));
    }

    private protected static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A pipeline whose step, in its first attempt, blocks its thread whatever it is told.</summary>
    private PipelineDefinition Deaf(TimeSpan? timeout = null, TimeSpan? retryDelay = null) =>
        new("deaf", "", new PipelineStep("only", WorkAsync) { Timeout = timeout, RetryDelay = retryDelay ?? TimeSpan.FromMinutes(5) });

    private async Task WorkAsync(PipelineContext context)
    {
        _mostAtWork = Math.Max(_mostAtWork, Interlocked.Increment(ref _atWork));
        try
        {
            if (_started.TrySetResult())
            {
                using var told = context.CancellationToken.Register(() => _told.SetResult());
                _gate.Wait(CancellationToken.None);
                context.Log("too late");
                context.Output["late"] = true;
                await Assert.ThrowsAnyAsync<OperationCanceledException>(context.SaveOutputAsync);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _atWork);
        }
    }

    private async Task<long> StartAsync(PipelineProcess process)
    {
        var id = (await process.Runs.StartAsync("deaf", "alice", cancellationToken: Cancellation)).Id;
        await process.Worker.LookAsync(CancellationToken.None);
        await _started.Task;
        return id;
    }

    private async Task<long> GiveUpAsync(PipelineProcess process, PipelineProcess other)
    {
        var id = await StartAsync(process);
        await other.Runs.CancelAsync(id, "bob", Cancellation);
        Time.Advance(Heartbeat);
        await _told.Task;
        Time.Advance(TimeSpan.FromSeconds(30));
        await process.Worker.WhenIdleAsync();
        Assert.Equal(PipelineState.Cancelled, (await other.GetAsync(id)).State);
        return id;
    }

    private static async Task<long?> HeldByAsync(PipelineProcess process) =>
        (await process.Runs.ListPipelinesAsync(Cancellation)).Single(pipeline => pipeline.Id == "deaf").HeldByRun;

    private static Task<DateTimeOffset?> HeldUntilAsync(PipelineProcess process) => process.Database.ReadAsync(
        session => session.ScalarAsync<DateTimeOffset?>("SELECT held_until FROM pipelines WHERE id = 'deaf'"), Cancellation);

}
