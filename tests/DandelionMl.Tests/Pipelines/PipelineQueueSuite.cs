using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

/// <summary>One run at a time for each pipeline, one behind it, and nothing lost between processes.</summary>
public abstract class PipelineQueueSuite(TestDatabase database) : PipelineSuite(database)
{
    [Fact]
    public async Task Start_while_another_run_is_active_says_which_since_when_and_where()
    {
        var (started, go) = (Signal(), Signal());
        var pipeline = Blocking("busy", started, go);
        var process = Open(pipeline);
        var other = Open(pipeline);
        var first = await process.Runs.StartAsync("busy", "alice", cancellationToken: Cancellation);
        var queued = await Assert.ThrowsAsync<PipelineBusyException>(() => other.Runs.StartAsync("busy", "bob", cancellationToken: Cancellation));
        Assert.Equal((first.Id, PipelineState.Queued, null), (queued.RunId, queued.State, queued.Owner));

        await process.Worker.LookAsync(CancellationToken.None);
        await started.Task;
        var running = await Assert.ThrowsAsync<PipelineBusyException>(() => other.Runner.RunAsync("busy", "bob", cancellationToken: Cancellation));
        Assert.Equal((first.Id, PipelineState.Running, Start), (running.RunId, running.State, running.Since));
        Assert.Contains(Environment.MachineName, running.Owner, StringComparison.Ordinal);
        Assert.Contains($"run {first.Id} is running since 2026-03-02 09:00:00Z on {Environment.MachineName}", running.Message, StringComparison.Ordinal);

        go.SetResult();
        await process.Worker.WhenIdleAsync();
        Assert.Equal(PipelineState.Succeeded, (await other.Runner.RunAsync("busy", "bob", cancellationToken: Cancellation)).Run.State);
    }

    [Fact]
    public async Task Start_by_many_at_once_lets_one_win()
    {
        var processes = Enumerable.Range(0, 4).Select(_ => Open(new PipelineDefinition("raced", "", Step("only")))).ToList();
        await processes[0].Runs.ListPipelinesAsync(Cancellation);

        var results = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
        {
            try
            {
                return (await processes[i % 4].Runs.StartAsync("raced", $"{i}", cancellationToken: Cancellation)).Id;
            }
            catch (PipelineBusyException exception)
            {
                return -exception.RunId;
            }
        })));

        var winner = Assert.Single(results, result => result > 0);
        Assert.All(results.Where(result => result != winner), result => Assert.Equal(-winner, result));
    }

    [Fact]
    public async Task Workers_racing_for_runs_take_each_once()
    {
        var ran = 0;
        var pipelines = Enumerable.Range(0, 6)
            .Select(i => new PipelineDefinition($"raced-{i}", "", Step("only", _ => Interlocked.Increment(ref ran)))).ToList();
        var processes = Enumerable.Range(0, 4).Select(_ => Open(pipelines)).ToList();
        foreach (var pipeline in pipelines)
        {
            await processes[0].Runs.StartAsync(pipeline.Id, "alice", cancellationToken: Cancellation);
        }

        var taken = await Task.WhenAll(processes.Select(process => Task.Run(() => process.WorkAsync())));

        Assert.Equal((6, 6), (ran, taken.Sum()));
        Assert.All(
            (await processes[0].Runs.ListAsync(cancellationToken: Cancellation)).Runs, run => Assert.Equal("Succeeded only:Succeeded:1", Describe(run)));
    }

    [Fact]
    public async Task List_of_a_name_that_no_database_takes_is_empty() =>
        Assert.Empty((await Open([]).Runs.ListAsync("\0", cancellationToken: Cancellation)).Runs);

    [Fact]
    public async Task Trigger_of_an_active_pipeline_is_queued_behind_it_and_a_second_one_joins()
    {
        var (started, go) = (Signal(), Signal());
        var target = new PipelineDefinition("target", "", Blocking("target", started, go).Steps[0])
        {
            Parameters = [new("a", ""), new("b", "")],
        };
        var source = new PipelineDefinition("source", "", Step("only", context => context.Trigger("target", context.Parameters)))
        {
            Parameters = target.Parameters,
        };
        var process = Open(source, target);
        var other = Open(source, target);
        var first = await process.Runs.StartAsync("target", "alice", cancellationToken: Cancellation);
        await process.Worker.LookAsync(CancellationToken.None);
        await started.Task;

        var (one, two) = (await RunSourceAsync(("a", "1"), ("b", "1")), await RunSourceAsync(("b", "2")));
        Assert.Equal(0, await other.WorkAsync());
        var queued = (await other.Runs.ListAsync("target", cancellationToken: Cancellation)).Runs[0];
        Assert.Equal(PipelineState.Queued, queued.State);
        Assert.Equal([one, two], queued.Triggers.Select(trigger => trigger.SourceRunId!.Value));
        Assert.Equal(queued.Id, Assert.Single(await other.Runs.ListTriggeredAsync(one, Cancellation)).Id);
        Assert.Equal(queued.Id, Assert.Single(await other.Runs.ListTriggeredAsync(two, Cancellation)).Id);
        Assert.Empty(await other.Runs.ListTriggeredAsync(first.Id, Cancellation));
        Assert.Equal([("a", "1"), ("b", "2")], queued.Parameters.OrderBy(item => item.Key).Select(item => (item.Key, item.Value)));

        go.SetResult();
        await process.Worker.WhenIdleAsync();
        Assert.Equal(1, await other.WorkAsync());
        Assert.Equal(
            [(queued.Id, PipelineState.Succeeded), (first.Id, PipelineState.Succeeded)],
            (await other.Runs.ListAsync("target", cancellationToken: Cancellation)).Runs.Select(run => (run.Id, run.State)));

        async Task<long> RunSourceAsync(params (string, string)[] parameters)
        {
            var outcome = await other.Runner.RunAsync("source", "bob", Parameters(parameters), withTriggered: false, cancellationToken: Cancellation);
            return outcome.Run.Id;
        }
    }

    [Fact]
    public async Task Run_whose_owner_was_lost_is_resumed_at_its_step_by_another()
    {
        var (started, go) = (Signal(), Signal());
        var trail = new List<string>();
        var stalled = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Start);
        var lost = Open(stalled, [new PipelineDefinition(
            "resumed", "", Step("one", _ => trail.Add("one")), Blocking("two", started, go).Steps[0], Step("three"))]);
        var other = Open(new PipelineDefinition(
            "resumed", "", Step("one", _ => trail.Add("one again")), Step("only", _ => trail.Add("two again")), Step("three", _ => trail.Add("three"))));
        var id = (await lost.Runs.StartAsync("resumed", "alice", cancellationToken: Cancellation)).Id;
        await lost.Worker.LookAsync(CancellationToken.None);
        await started.Task;

        Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(0, await other.WorkAsync());
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await other.WorkAsync());
        var resumed = await other.GetAsync(id);
        Assert.Equal("Succeeded one:Succeeded:1 only:Succeeded:2 three:Succeeded:1", Describe(resumed));

        // The one that was thought lost wakes up: it must change nothing any more.
        go.SetResult();
        await lost.Worker.WhenIdleAsync();
        Assert.Equivalent(resumed, await other.GetAsync(id), strict: true);
        Assert.Equal(["one", "two again", "three"], trail);
        Assert.Contains(
            await other.Runs.ReadLogAsync(id, cancellationToken: Cancellation), line => line.Text.Contains("stopped responding", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Owner_that_was_taken_for_lost_is_told_by_its_next_heartbeat()
    {
        var started = Signal();
        var own = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Start);
        var slow = Open(own, [new PipelineDefinition("taken", "", new PipelineStep("only", async context =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }))]);
        var other = Open(new PipelineDefinition("taken", "", Step("only")));
        var id = (await slow.Runs.StartAsync("taken", "alice", cancellationToken: Cancellation)).Id;
        await slow.Worker.LookAsync(CancellationToken.None);
        await started.Task;
        Time.Advance(TimeSpan.FromMinutes(1));
        await other.WorkAsync();
        var done = await other.GetAsync(id);

        own.Advance(TimeSpan.FromSeconds(5));
        await slow.Worker.WhenIdleAsync();
        Assert.Equivalent(done, await other.GetAsync(id), strict: true);
        Assert.Equal(PipelineState.Succeeded, done.State);
    }

    [Fact]
    public async Task Process_does_not_take_its_own_run_for_lost_when_its_heartbeat_is_late()
    {
        var (started, go) = (Signal(), Signal());
        var process = Open(Blocking("late", started, go));
        var id = (await process.Runs.StartAsync("late", "alice", cancellationToken: Cancellation)).Id;
        await process.Worker.LookAsync(CancellationToken.None);
        await started.Task;
        await process.Database.WriteAsync(
            session => session.ExecuteAsync("UPDATE pipeline_runs SET heartbeat_at = @past", [("past", Start.AddDays(-1))]), Cancellation);

        Assert.Equal(0, await process.WorkAsync());
        go.SetResult();
        await process.Worker.WhenIdleAsync();
        Assert.Equal("Succeeded only:Succeeded:1", Describe(await process.GetAsync(id)));
    }

    [Fact]
    public async Task Heartbeats_keep_a_long_step_from_being_taken_for_lost()
    {
        var (started, go) = (Signal(), Signal());
        var process = Open(Blocking("long", started, go));
        var other = Open(Blocking("long", Signal(), go));
        var id = (await process.Runs.StartAsync("long", "alice", cancellationToken: Cancellation)).Id;
        await process.Worker.LookAsync(CancellationToken.None);
        await started.Task;
        for (var beat = 1; beat <= 20; beat++)
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            await Eventually.IsAsync(async () => (await other.GetAsync(id)).HeartbeatAt == Time.GetUtcNow());

            Assert.Equal(0, await other.WorkAsync());
        }

        go.SetResult();
        await process.Worker.WhenIdleAsync();
        Assert.Equal("Succeeded only:Succeeded:1", Describe(await other.GetAsync(id)));
    }

    [Fact]
    public async Task Heartbeat_that_takes_long_does_not_put_off_the_next()
    {
        var (started, go, first, written, second) = (Signal(), Signal(), Signal(), Signal(), Signal());
        var calls = int.MinValue;
        var process = Open(Time, [Blocking("long", started, go)], around: async call =>
        {
            await call();
            switch (++calls)
            {
                case 1:
                    first.SetResult();
                    await written.Task;
                    break;
                case 2:
                    second.SetResult();
                    break;
            }
        });
        var id = (await process.Runs.StartAsync("long", "alice", cancellationToken: Cancellation)).Id;
        await process.Worker.LookAsync(CancellationToken.None);
        await started.Task;

        calls = 0;
        Time.Advance(TimeSpan.FromSeconds(5));
        await first.Task;
        Time.Advance(TimeSpan.FromSeconds(5));
        written.SetResult();
        await second.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal(Start.AddSeconds(10), (await process.GetAsync(id)).HeartbeatAt);
        go.SetResult();
        await process.Worker.WhenIdleAsync();
    }

    [Fact]
    public async Task Run_lost_again_and_again_fails_when_no_attempt_remains()
    {
        var pipeline = new PipelineDefinition("deadly", "", Step("only", _ => throw new Support.SimulatedCrashException()));
        var id = 0L;
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            // A process that is gone right after the step began.
            var dying = Open(Time, [pipeline]);
            id = id == 0 ? (await dying.Runs.StartAsync("deadly", "alice", cancellationToken: Cancellation)).Id : id;
            var claim = await dying.Claims.TryClaimAsync(id, Cancellation);
            Assert.NotNull(claim);
            if (attempt == 3)
            {
                await dying.Executor.ExecuteAsync(claim, null, CancellationToken.None);
                break;
            }

            await BeginAsync(claim, dying);
            Time.Advance(TimeSpan.FromSeconds(31));
        }

        var process = Open(pipeline);
        var run = await process.GetAsync(id);
        Assert.Equal("Failed only:Failed:2", Describe(run));
        Assert.Contains("stopped responding during the step's last attempt", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Abandoned_run_can_be_cancelled_by_anyone_at_once_and_is_not_resumed()
    {
        var pipeline = new PipelineDefinition("left", "", Step("only"));
        var process = Open(pipeline);
        var id = (await process.Runs.StartAsync("left", "alice", cancellationToken: Cancellation)).Id;
        await BeginAsync((await process.Claims.TryClaimAsync(id, Cancellation))!, process);
        Assert.Equal(PipelineState.Running, (await process.Runs.CancelAsync(id, "bob", Cancellation)).State);

        Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(PipelineState.Cancelled, (await process.Runs.CancelAsync(id, "bob", Cancellation)).State);
        Assert.Equal(0, await process.WorkAsync());
    }

    [Fact]
    public async Task Abandoned_run_that_was_asked_to_be_cancelled_is_cancelled_by_who_finds_it()
    {
        var pipeline = new PipelineDefinition("left", "", Step("only"));
        var process = Open(pipeline);
        var id = (await process.Runs.StartAsync("left", "alice", cancellationToken: Cancellation)).Id;
        await BeginAsync((await process.Claims.TryClaimAsync(id, Cancellation))!, process);
        await process.Runs.CancelAsync(id, "bob", Cancellation);

        Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, await process.WorkAsync());
        Assert.Equal("Cancelled only:Cancelled:1", Describe(await process.GetAsync(id)));
    }

    [Fact]
    public async Task RunAsync_finishes_what_a_lost_process_left_and_answers_with_it_if_it_is_the_same()
    {
        var pipeline = new PipelineDefinition("left", "", Step("only")) { Parameters = [new("a", "")] };
        var process = Open(pipeline);
        var left = await process.Runs.StartAsync("left", "alice", Parameters(("a", "1")), Cancellation);
        await BeginAsync((await process.Claims.TryClaimAsync(left.Id, Cancellation))!, process);
        Time.Advance(TimeSpan.FromSeconds(31));

        var same = await process.Runner.RunAsync("left", "bob", Parameters(("a", "1")), cancellationToken: Cancellation);
        Assert.Equal((left.Id, PipelineState.Succeeded), (same.Run.Id, same.Run.State));
        var queued = await process.Runs.StartAsync("left", "alice", Parameters(("a", "2")), Cancellation);
        var other = await process.Runner.RunAsync("left", "bob", Parameters(("a", "3")), cancellationToken: Cancellation);
        Assert.Equal(PipelineState.Succeeded, (await process.GetAsync(queued.Id)).State);
        Assert.NotEqual(queued.Id, other.Run.Id);
    }

    [Fact]
    public async Task RunAsync_goes_on_through_retries_and_what_is_triggered()
    {
        var attempts = 0;
        var process = Open(
            new PipelineDefinition("first", "", new PipelineStep("only", context =>
            {
                context.Trigger("second");
                return ++attempts == 1 ? throw new InvalidOperationException() : Task.CompletedTask;
            })),
            new PipelineDefinition("second", "", Step("only", context => context.Trigger("third"))),
            new PipelineDefinition("third", "", Step("only", _ => throw new PipelineStepFailedException("no"))));
        var running = process.Runner.RunAsync("first", "alice", cancellationToken: Cancellation);
        await Eventually.IsAsync(() => Task.FromResult(running.IsCompleted), () => Time.Advance(TimeSpan.FromSeconds(1)));

        var outcome = await running;
        Assert.Equal("Succeeded only:Succeeded:2", Describe(outcome.Run));
        Assert.Equal(
            [("second", PipelineState.Succeeded), ("third", PipelineState.Failed)], outcome.Triggered.Select(run => (run.Pipeline, run.State)));
        Assert.False(outcome.IsSuccess);
        Assert.True(Time.GetUtcNow() >= Start.AddMinutes(5));
    }

    [Fact]
    public async Task List_gives_pages_the_newest_first_by_pipeline_and_state()
    {
        var process = Open(
            new PipelineDefinition("even", "", Step("only")),
            new PipelineDefinition("odd", "", Step("only", _ => throw new PipelineStepFailedException("odd"))));
        for (var i = 0; i < 7; i++)
        {
            await process.Runs.StartAsync(i % 2 == 0 ? "even" : "odd", "alice", cancellationToken: Cancellation);
            await process.WorkAsync();
        }

        var first = await process.Runs.ListAsync(limit: 3, cancellationToken: Cancellation);
        var second = await process.Runs.ListAsync(before: first.Next, limit: 4, cancellationToken: Cancellation);
        Assert.Equal([7, 6, 5], first.Runs.Select(run => run.Id));
        Assert.Equal([4, 3, 2, 1], second.Runs.Select(run => run.Id));
        Assert.Null(second.Next);
        Assert.Equal([7, 5, 3, 1], (await process.Runs.ListAsync("even", cancellationToken: Cancellation)).Runs.Select(run => run.Id));
        Assert.Equal([6, 4, 2], (await process.Runs.ListAsync(state: PipelineState.Failed, cancellationToken: Cancellation)).Runs.Select(run => run.Id));
        Assert.Empty((await process.Runs.ListAsync("odd", PipelineState.Succeeded, cancellationToken: Cancellation)).Runs);
        var pipelines = await process.Runs.ListPipelinesAsync(Cancellation);
        Assert.Equal(7, pipelines.Single(pipeline => pipeline.Id == "even").LastRun!.Id);
        Assert.Null(pipelines.Single(pipeline => pipeline.Id == PipelineIds.Train).LastRun);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => process.Runs.ListAsync(limit: 0, cancellationToken: Cancellation));
    }

    private protected static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static PipelineDefinition Blocking(string id, TaskCompletionSource started, TaskCompletionSource go) =>
        new(id, "", new PipelineStep("only", async _ =>
        {
            started.TrySetResult();
            await go.Task;
        }));

    /// <summary>Does what a process does that is killed in the middle of its step.</summary>
    private async Task BeginAsync(DandelionMl.Pipelines.Execution.RunClaim claim, PipelineProcess process)
    {
        var step = claim.Run.Steps[0];
        await process.Lease(claim, Time).BeginAsync(step with { Attempt = step.Attempt + 1, AttemptsLeft = step.AttemptsLeft - 1 });
    }
}
