using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;
using DandelionMl.Tracking;

namespace DandelionMl.Tests.Pipelines;

/// <summary>Runs that start by themselves.</summary>
public abstract class PipelineScheduleSuite(TestDatabase database) : PipelineSuite(database)
{
    // Start is a Monday, 09:00.
    private static readonly DateTimeOffset Saturday = new(2026, 3, 7, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Scheduler_fires_at_its_time_and_once_whatever_the_number_of_replicas()
    {
        var replicas = Enumerable.Range(0, 3).Select(_ => Open(Weekly())).ToList();
        await CheckAllAsync(replicas);
        Time.SetUtcNow(Saturday - TimeSpan.FromMicroseconds(1));
        await CheckAllAsync(replicas);
        Assert.Empty(await RunsAsync(replicas[0]));

        Time.SetUtcNow(Saturday);
        await CheckAllAsync(replicas);
        await CheckAllAsync(replicas);

        var run = Assert.Single(await RunsAsync(replicas[0]));
        Assert.Equal(new PipelineTrigger(PipelineTriggerKind.Schedule, Saturday, ScheduledFor: Saturday), Assert.Single(run.Triggers));
        Assert.Equal(PipelineState.Queued, run.State);
    }

    [Fact]
    public async Task Scheduler_hosted_fires_when_the_clock_gets_there()
    {
        var process = Open(Weekly());
        await process.Scheduler.CheckAsync(Cancellation);
        await process.Scheduler.StartAsync(Cancellation);
        await Eventually.IsAsync(
            async () => (await RunsAsync(process)).Count > 0,
            () => Time.Advance(Time.GetUtcNow() < Saturday ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(1)));

        await process.Scheduler.StopAsync(Cancellation);
        Assert.Equal(Saturday, (await RunsAsync(process))[0].Triggers[0].ScheduledFor);
    }

    [Fact]
    public async Task Clock_that_was_ahead_once_holds_up_no_schedule()
    {
        var today = Time.GetUtcNow();
        var ahead = Open(Weekly());
        await ahead.Scheduler.CheckAsync(Cancellation);
        Time.AdjustTime(today.AddYears(5));
        await ahead.Scheduler.CheckAsync(Cancellation);
        Assert.Single(await RunsAsync(ahead));

        Time.AdjustTime(today);
        var right = Open(Weekly());
        await right.Scheduler.CheckAsync(Cancellation);
        Time.SetUtcNow(Saturday);
        await right.Scheduler.CheckAsync(Cancellation);

        Assert.Contains(Saturday, (await RunsAsync(right)).SelectMany(run => run.Triggers).Select(trigger => trigger.ScheduledFor));
    }

    [Fact]
    public async Task Clock_that_was_ahead_when_a_step_failed_holds_up_no_retry()
    {
        var today = Time.GetUtcNow();
        Time.AdjustTime(today.AddYears(5));
        var process = Open(new PipelineDefinition("flaky", "", Step("only", context =>
        {
            if (context.Attempt == 1)
            {
                throw new InvalidOperationException("no");
            }
        })));
        var id = (await process.Runs.StartAsync("flaky", "alice", cancellationToken: Cancellation)).Id;
        await process.WorkAsync();
        Assert.Equal("Waiting only:Waiting:1", Describe(await process.GetAsync(id)));

        // Also where no worker looks after it.
        Time.AdjustTime(today);
        await process.Runs.SweepAsync(Cancellation);
        Assert.Equal((today, today), ((await process.GetAsync(id)).RetryAt!.Value, (await process.GetAsync(id)).Steps[0].RetryAt!.Value));

        Assert.Equal(1, await process.WorkAsync());
        Assert.Equal("Succeeded only:Succeeded:2", Describe(await process.GetAsync(id)));
    }

    [Fact]
    public async Task Clock_that_was_ahead_when_a_host_stopped_holds_up_no_command()
    {
        var today = Time.GetUtcNow();
        Time.AdjustTime(today.AddYears(5));
        var started = new TaskCompletionSource();
        var first = Open(new PipelineDefinition("slow", "", new PipelineStep("only", async context =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        })));
        var id = (await first.Runs.StartAsync("slow", "alice", cancellationToken: Cancellation)).Id;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var working = first.Worker.LookAsync(stop.Token);
        await started.Task;
        await stop.CancelAsync();
        await working;
        await first.Worker.WhenIdleAsync();
        Assert.Equal("Waiting only:Waiting:1", Describe(await first.GetAsync(id)));

        Time.AdjustTime(today);
        var outcome = await Open(new PipelineDefinition("slow", "", Step("only"))).Runner.RunAsync("slow", "bob", cancellationToken: Cancellation);

        Assert.Equal((id, true), (outcome.Run.Id, outcome.IsSuccess));
    }

    [Fact]
    public async Task Clock_that_was_ahead_holds_up_no_tracking_server()
    {
        var today = Time.GetUtcNow();
        Time.AdjustTime(today.AddYears(5));
        var process = Open(Weekly());
        var outbox = new TrackingOutbox(process.Database, "server", Time);
        Assert.True(await outbox.TryLeaseAsync("ahead", Cancellation));
        var refused = new TrackedItem
        {
            Kind = TrackedItem.Run, Id = 1, Change = 1, Since = today, Ids = "{}", Attempts = 1, RetryAt = Time.GetUtcNow(), Error = "no",
        };
        await outbox.KeepAsync("ahead", refused, isDone: false, "no", Cancellation);

        Time.AdjustTime(today);
        await process.FutureTimes.SetRightAsync(Cancellation);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await outbox.TryLeaseAsync("right", Cancellation));
        Assert.Equal(1, await process.Database.ReadAsync(
            session => session.ScalarAsync<long>("SELECT COUNT(*) FROM tracking_outbox WHERE retry_at <= @now", [("now", Time.GetUtcNow())]),
            Cancellation));
    }

    [Fact]
    public async Task Retry_that_its_step_wants_long_after_the_failure_stays_where_it_is()
    {
        var process = Open(new PipelineDefinition(
            "patient",
            "",
            new PipelineStep("only", _ => throw new InvalidOperationException("no")) { RetryDelay = TimeSpan.FromDays(30), MaxRetryDelay = TimeSpan.MaxValue }));
        var id = (await process.Runs.StartAsync("patient", "alice", cancellationToken: Cancellation)).Id;
        await process.WorkAsync();

        await process.Runs.SweepAsync(Cancellation);

        Assert.Equal(Start.AddDays(30), (await process.GetAsync(id)).RetryAt);
    }

    [Fact]
    public async Task Times_missed_while_all_were_down_are_made_up_once()
    {
        var before = Open(Weekly());
        await before.Scheduler.CheckAsync(Cancellation);

        Time.SetUtcNow(Saturday.AddDays(22));
        var replicas = Enumerable.Range(0, 2).Select(_ => Open(Weekly())).ToList();
        await CheckAllAsync(replicas);
        await CheckAllAsync(replicas);

        var run = Assert.Single(await RunsAsync(replicas[0]));
        Assert.Equal(Saturday.AddDays(21), Assert.Single(run.Triggers).ScheduledFor);
        Assert.Equal(Saturday.AddDays(28), replicas[0].Schedule.GetNextOccurrence("weekly"));
    }

    [Fact]
    public async Task New_or_changed_schedule_begins_now_and_makes_nothing_up()
    {
        var before = Open(Weekly());
        await before.Scheduler.CheckAsync(Cancellation);
        Assert.Empty(await RunsAsync(before));

        Time.SetUtcNow(Saturday.AddHours(1.5));
        var after = Open(Time, [Weekly()], options => options.Schedules["weekly"] = "0 * * * *");
        await after.Scheduler.CheckAsync(Cancellation);
        Assert.Empty(await RunsAsync(after));

        Time.SetUtcNow(Saturday.AddHours(2));
        await after.Scheduler.CheckAsync(Cancellation);
        Assert.Single(await RunsAsync(after));
    }

    [Fact]
    public async Task Scheduler_while_the_pipeline_is_queued_joins_that_run()
    {
        var process = Open(Weekly());
        await process.Scheduler.CheckAsync(Cancellation);
        await process.Runs.StartAsync("weekly", "alice", cancellationToken: Cancellation);
        Time.SetUtcNow(Saturday);
        await process.Scheduler.CheckAsync(Cancellation);

        var run = Assert.Single(await RunsAsync(process));
        Assert.Equal([PipelineTriggerKind.Manual, PipelineTriggerKind.Schedule], run.Triggers.Select(trigger => trigger.Kind));
    }

    [Fact]
    public async Task Scheduler_switched_off_never_fires()
    {
        var before = Open(Weekly());
        await before.Scheduler.CheckAsync(Cancellation);

        Time.SetUtcNow(Saturday);
        var off = Open(Time, [Weekly()], options => options.SchedulerEnabled = false);
        await off.Scheduler.CheckAsync(Cancellation);
        var none = Open(Time, [Weekly()], options => options.Schedules["weekly"] = "");
        await none.Scheduler.CheckAsync(Cancellation);

        Assert.Empty(await RunsAsync(off));
        Assert.Null(off.Schedule.GetNextOccurrence("weekly"));
        Assert.Null(none.Schedule.GetNextOccurrence("weekly"));
    }

    [Fact]
    public async Task Scheduler_over_the_changes_of_the_clocks_fires_once_a_day()
    {
        // Europe/Berlin: 02:30 is not there on 29 March 2026, and there twice on 25 October.
        Time.SetUtcNow(new DateTimeOffset(2026, 3, 27, 12, 0, 0, TimeSpan.Zero));
        var process = Open(
            Time,
            [new PipelineDefinition("daily", "", Step("only")) { Schedule = "30 2 * * *" }],
            options => options.TimeZone = "Europe/Berlin");
        await process.Scheduler.CheckAsync(Cancellation);

        Assert.Equal(
            ["03-28 01:30", "03-29 01:00", "03-30 00:30"], await FireAsync(process, new DateTimeOffset(2026, 3, 30, 12, 0, 0, TimeSpan.Zero)));
        Time.SetUtcNow(new DateTimeOffset(2026, 10, 24, 12, 0, 0, TimeSpan.Zero));
        await process.Scheduler.CheckAsync(Cancellation);
        await process.WorkAsync();
        Assert.Equal(["10-25 00:30", "10-26 01:30"], await FireAsync(process, new DateTimeOffset(2026, 10, 26, 12, 0, 0, TimeSpan.Zero)));
    }

    private static PipelineDefinition Weekly() => new("weekly", "", Step("only")) { Schedule = "0 0 * * 6" };

    private static async Task CheckAllAsync(IEnumerable<PipelineProcess> replicas) =>
        await Task.WhenAll(replicas.Select(replica => Task.Run(() => replica.Scheduler.CheckAsync(Cancellation))));

    private static async Task<IReadOnlyList<PipelineRun>> RunsAsync(PipelineProcess process) =>
        (await process.Runs.ListAsync(cancellationToken: Cancellation)).Runs;

    /// <summary>Looks every ten minutes until a time, working on what is fired.</summary>
    private async Task<List<string>> FireAsync(PipelineProcess process, DateTimeOffset until)
    {
        var known = (await RunsAsync(process)).Count;
        while (Time.GetUtcNow() < until)
        {
            Time.Advance(TimeSpan.FromMinutes(10));
            await process.Scheduler.CheckAsync(Cancellation);
            await process.WorkAsync();
        }

        var runs = await RunsAsync(process);
        return [.. runs.Take(runs.Count - known).Reverse().Select(run => $"{run.Triggers[0].ScheduledFor:MM-dd HH:mm}")];
    }
}
