using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

/// <summary>Runs whose lease whoever started them has to renew.</summary>
public abstract class PipelineLeaseSuite(TestDatabase database) : PipelineStartSuite(database)
{
    [Fact]
    public async Task Run_whose_lease_nobody_renews_is_cancelled_wherever_it_works()
    {
        var (process, other) = (Open(Blocking()), Open(Three()));
        await WatchAsync(other, TimeSpan.Zero);
        var started = await StartAsync(process, new() { Lease = Lease });
        Assert.Equal(Start + Lease, started.Run.LeaseUntil);
        await process.Worker.LookAsync(CancellationToken.None);
        await Started.Task;

        await WatchAsync(other, Lease);
        Assert.Null((await other.GetAsync(started.Run.Id)).CancelRequestedBy);
        await WatchAsync(other, TimeSpan.FromSeconds(5));
        Time.Advance(TimeSpan.FromSeconds(5));
        await process.Worker.WhenIdleAsync();

        var run = await other.GetAsync(started.Run.Id);
        Assert.Equal((PipelineState.Cancelled, "cancelled by its lease: nobody renewed it for 60 seconds"), (run.State, run.Reason));
    }

    [Fact]
    public async Task Run_whose_lease_is_renewed_goes_on()
    {
        var (process, other) = (Open(Blocking()), Open(Three()));
        await WatchAsync(other, TimeSpan.Zero);
        var id = (await StartAsync(process, new() { Lease = Lease })).Run.Id;
        await process.Worker.LookAsync(CancellationToken.None);
        await Started.Task;

        for (var renewal = 0; renewal < 4; renewal++)
        {
            await WatchAsync(other, TimeSpan.FromSeconds(55));
            Assert.Equal(Time.GetUtcNow() + Lease, (await other.Runs.RenewAsync(id, Cancellation)).LeaseUntil);
        }

        Go.SetResult();
        await process.Worker.WhenIdleAsync();
        var ended = await other.Runs.RenewAsync(id, Cancellation);
        Assert.Equal(PipelineState.Succeeded, ended.State);
        Assert.Equal(ended.LeaseUntil, (await other.Runs.RenewAsync(id, Cancellation)).LeaseUntil);
    }

    [Fact]
    public async Task Run_that_nobody_could_renew_since_its_host_was_down_is_left_for_the_time_of_its_lease()
    {
        var first = Open(Three());
        await WatchAsync(first, TimeSpan.Zero);
        var id = (await StartAsync(first, new() { Lease = Lease, Steps = ["one"] })).Run.Id;
        Time.Advance(TimeSpan.FromHours(1));

        // The worker takes the run up at once; it must not have been cancelled before.
        var restarted = Open(Blocking());
        await restarted.Worker.LookAsync(CancellationToken.None);
        await Started.Task;
        await WatchAsync(restarted, TimeSpan.FromSeconds(55));
        Assert.Null((await restarted.GetAsync(id)).CancelRequestedBy);
        await restarted.Runs.RenewAsync(id, Cancellation);
        await WatchAsync(restarted, TimeSpan.FromSeconds(55));
        Go.SetResult();
        await restarted.Worker.WhenIdleAsync();

        Assert.Equal(PipelineState.Succeeded, (await restarted.GetAsync(id)).State);
    }

    [Fact]
    public async Task Lease_that_a_wrong_clock_dated_far_ahead_is_set_right()
    {
        var ahead = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Start.AddYears(1));
        var id = (await StartAsync(Open(ahead, [Three()]), new() { Lease = Lease })).Run.Id;

        // As a worker does, time and again.
        await Open(Three()).Worker.SweepAsync(Cancellation);

        Assert.Equal(Start.AddHours(1), (await Open(Three()).GetAsync(id)).LeaseUntil);
    }

    [Fact]
    public async Task Run_that_is_resumed_has_the_lease_that_is_asked_for_then()
    {
        var process = Open(Three());
        var id = (await StartAsync(process, new() { Key = "a", Lease = Lease })).Run.Id;
        await process.Runs.CancelAsync(id, "bob", Cancellation);
        Time.Advance(TimeSpan.FromHours(1));

        var resumed = await process.Runs.RetryAsync(id, "airflow", TimeSpan.FromSeconds(90), Cancellation);
        Assert.Equal(Time.GetUtcNow().AddSeconds(90), resumed.LeaseUntil);
        await process.Runs.CancelAsync(id, "bob", Cancellation);

        // By hand: nobody will renew it.
        Assert.Null((await process.Runs.RetryAsync(id, "bob", Cancellation)).LeaseUntil);
        await Assert.ThrowsAsync<InvalidPipelineParametersException>(
            () => process.Runs.RetryAsync(id, "airflow", TimeSpan.FromSeconds(1), Cancellation));
    }

    [Fact]
    public async Task Renewal_of_a_run_without_a_lease_changes_nothing()
    {
        var process = Open(Three());
        var run = (await StartAsync(process, StartTerms.None)).Run;

        Assert.Equivalent(run, await process.Runs.RenewAsync(run.Id, Cancellation), strict: true);
        await Assert.ThrowsAsync<PipelineRunNotFoundException>(() => process.Runs.RenewAsync(77, Cancellation));
    }

    [Fact]
    public async Task Command_with_a_lease_renews_it_while_it_works()
    {
        var (process, other) = (Open(Blocking()), Open(Three()));
        await WatchAsync(other, TimeSpan.Zero);
        var running = RunAsync(process, new() { Key = "a", Lease = Lease });
        await Started.Task;
        var id = (await StartAsync(other, new() { Key = "a" })).Run.Id;
        for (var renewal = 1; renewal <= 8; renewal++)
        {
            Time.Advance(Lease / 4);
            await Eventually.IsAsync(async () => (await other.GetAsync(id)).LeaseUntil == Time.GetUtcNow() + Lease);

            await WatchAsync(other, TimeSpan.Zero);
        }

        Go.SetResult();
        Assert.Equal(PipelineState.Succeeded, (await running).Run.State);
    }

    [Fact]
    public async Task Command_with_a_lease_that_is_told_to_stop_cancels_its_run()
    {
        var process = Open(Blocking());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = process.Runner.RunAsync("three", "alice", null, new StartTerms { Key = "a", Lease = Lease }, true, null, stop.Token);
        await Started.Task;

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var run = (await StartAsync(process, new() { Key = "a" })).Run;
        Assert.Equal(PipelineState.Cancelled, run.State);
        Assert.EndsWith("which was told to stop", run.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await process.WorkAsync());
    }

    /// <summary>Lets time pass, while the process looks for leases that are over.</summary>
    private async Task WatchAsync(PipelineProcess process, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(5))
        {
            Time.Advance(TimeSpan.FromSeconds(5));
            await process.Leases.EndExpiredAsync(Cancellation);
        }

        await process.Leases.EndExpiredAsync(Cancellation);
    }
}
