using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Tests.Pipelines;

/// <summary>How a run goes from step to step.</summary>
public abstract class PipelineRunSuite(TestDatabase database) : PipelineSuite(database)
{
    private static readonly string[] Trail = ["one 1", "two 1"];

    [Fact]
    public async Task Run_does_the_steps_in_order_and_keeps_what_they_left()
    {
        var trail = new List<string>();
        var process = Open(new PipelineDefinition(
            "chain",
            "",
            Step("one", context =>
            {
                trail.Add($"one {context.Attempt}");
                context.Output["count"] = 7;
                context.Log("seven \0 of them \ud800");
                context.Log("careful", LogLevel.Warning);
            }),
            Step("two", context => trail.Add($"two {context.OutputOf("one")["count"]!.GetValue<int>() - 6}"))));

        var queued = await process.Runs.StartAsync("chain", "alice", cancellationToken: Cancellation);
        Assert.Equal("Queued one:Queued:0 two:Queued:0", Describe(queued));
        Assert.Equal(1, await process.WorkAsync());

        var run = await process.GetAsync(queued.Id);
        Assert.Equal("Succeeded one:Succeeded:1 two:Succeeded:1", Describe(run));
        Assert.Equal((Start, Start, Start), (run.CreatedAt, run.StartedAt!.Value, run.FinishedAt!.Value));
        Assert.Equal(new PipelineTrigger(PipelineTriggerKind.Manual, Start, "alice"), Assert.Single(run.Triggers));
        Assert.Equal("""{"count":7}""", run.Steps[0].Output.ToJsonString());
        Assert.Equal(Trail, trail);
        var lines = await process.Runs.ReadLogAsync(run.Id, cancellationToken: Cancellation);
        Assert.Equal(
            [
                new PipelineLogLine(run.Id, 1, "one", Start, LogLevel.Information, "seven \ufffd of them \ufffd"),
                new PipelineLogLine(run.Id, 2, "one", Start, LogLevel.Warning, "careful"),
            ],
            lines);
        Assert.Equal(lines.Skip(1), await process.Runs.ReadLogAsync(run.Id, after: 1, cancellationToken: Cancellation));
        Assert.Equal(0, await process.WorkAsync());
    }

    [Fact]
    public async Task Step_that_fails_is_tried_again_after_its_delay_and_then_given_up()
    {
        var attempts = 0;
        var process = Open(new PipelineDefinition("flaky", "", Step("only", _ =>
        {
            attempts++;
            throw new InvalidOperationException($"no {attempts}");
        })));
        var id = (await process.Runs.StartAsync("flaky", "alice", cancellationToken: Cancellation)).Id;

        await process.WorkAsync();
        var waiting = await process.GetAsync(id);
        Assert.Equal("Waiting only:Waiting:1", Describe(waiting));
        Assert.Equal((Start.AddMinutes(5), Start.AddMinutes(5)), (waiting.RetryAt!.Value, waiting.Steps[0].RetryAt!.Value));
        Assert.Equal("InvalidOperationException: no 1", waiting.Steps[0].Reason);

        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMicroseconds(1));
        Assert.Equal(0, await process.WorkAsync());
        Time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Equal(1, await process.WorkAsync());

        var failed = await process.GetAsync(id);
        Assert.Equal("Failed only:Failed:2", Describe(failed));
        Assert.Equal("step 'only': InvalidOperationException: no 2", failed.Reason);
        Assert.Null(failed.RetryAt);
        Assert.Equal(2, attempts);
        Assert.Equal(2, (await process.Runs.ReadLogAsync(id, cancellationToken: Cancellation)).Count(line => line.Level == LogLevel.Error));
    }

    [Fact]
    public async Task Step_that_says_it_can_not_be_done_is_not_tried_again()
    {
        var process = Open(new PipelineDefinition(
            "hopeless", "", Step("first"), Step("second", _ => throw new PipelineStepFailedException("there is no such folder")), Step("third")));
        var id = (await process.Runs.StartAsync("hopeless", "alice", cancellationToken: Cancellation)).Id;

        await process.WorkAsync();

        var run = await process.GetAsync(id);
        Assert.Equal("Failed first:Succeeded:1 second:Failed:1 third:Cancelled:0", Describe(run));
        Assert.Equal("step 'second': there is no such folder", run.Reason);
    }

    [Fact]
    public async Task Step_that_skips_the_rest_ends_the_run_well_with_its_reason()
    {
        var process = Open(new PipelineDefinition(
            "check", "", Step("check", context => context.SkipRest("7 new photos, 10 needed")), Step("train")));

        var outcome = await process.Runner.RunAsync("check", "alice", cancellationToken: Cancellation);

        Assert.True(outcome.IsSuccess);
        Assert.Equal("Skipped check:Succeeded:1 train:Skipped:0", Describe(outcome.Run));
        Assert.Equal("7 new photos, 10 needed", outcome.Run.Reason);
    }

    [Fact]
    public async Task Retry_by_hand_goes_on_from_the_failed_step()
    {
        var (first, isBroken) = (0, true);
        var process = Open(new PipelineDefinition(
            "mended",
            "",
            Step("first", context => context.Output["n"] = ++first),
            Step("second", _ =>
            {
                if (isBroken)
                {
                    throw new PipelineStepFailedException("broken");
                }
            }),
            Step("third", context => Assert.Equal(1, context.OutputOf("first")["n"]!.GetValue<int>()))));
        var id = (await process.Runs.StartAsync("mended", "alice", cancellationToken: Cancellation)).Id;
        await process.WorkAsync();
        await Assert.ThrowsAsync<PipelineRunStateException>(() => process.Runs.CancelAsync(id, "bob", Cancellation));

        isBroken = false;
        var retried = await process.Runs.RetryAsync(id, "bob", Cancellation);
        Assert.Equal(("Queued first:Succeeded:1 second:Queued:1 third:Queued:0", 2), (Describe(retried), retried.Attempt));
        await process.WorkAsync();

        var run = await process.GetAsync(id);
        Assert.Equal("Succeeded first:Succeeded:1 second:Succeeded:2 third:Succeeded:1", Describe(run));
        Assert.Equal([PipelineTriggerKind.Manual, PipelineTriggerKind.Retry], run.Triggers.Select(trigger => trigger.Kind));
        var thrown = await Assert.ThrowsAsync<PipelineRunStateException>(() => process.Runs.RetryAsync(id, "bob", Cancellation));
        Assert.Equal((id, PipelineState.Succeeded), (thrown.RunId, thrown.State));
    }

    [Fact]
    public async Task Output_saved_by_an_attempt_is_found_by_the_next()
    {
        var process = Open(new PipelineDefinition("saver", "", new PipelineStep("only", async context =>
        {
            if (context.Output["version"] is null)
            {
                context.Output["version"] = 3;
                await context.SaveOutputAsync();
                context.Output["lost"] = true;
                throw new InvalidOperationException("after the registration");
            }
        })));
        var id = (await process.Runs.StartAsync("saver", "alice", cancellationToken: Cancellation)).Id;
        await process.WorkAsync();
        Time.Advance(TimeSpan.FromMinutes(5));
        await process.WorkAsync();

        var run = await process.GetAsync(id);
        Assert.Equal(PipelineState.Succeeded, run.State);
        Assert.Equal("""{"version":3}""", run.Steps[0].Output.ToJsonString());
    }

    [Fact]
    public async Task Cancel_of_a_run_at_work_is_heeded_within_a_heartbeat_though_another_process_asks()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipeline = new PipelineDefinition("endless", "", new PipelineStep("wait", async context =>
        {
            context.Trigger("endless");
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }), Step("after"));
        var process = Open(pipeline);
        var other = Open(pipeline);
        var id = (await process.Runs.StartAsync("endless", "alice", cancellationToken: Cancellation)).Id;
        await process.Worker.LookAsync(CancellationToken.None);
        await started.Task;

        var asked = await other.Runs.CancelAsync(id, "bob", Cancellation);
        Assert.Equal((PipelineState.Running, "bob"), (asked.State, asked.CancelRequestedBy));
        Time.Advance(TimeSpan.FromSeconds(5));
        await process.Worker.WhenIdleAsync();

        var run = await other.GetAsync(id);
        Assert.Equal("Cancelled wait:Cancelled:1 after:Cancelled:0", Describe(run));
        Assert.Equal("cancelled by bob", run.Reason);
        Assert.Single((await other.Runs.ListAsync(cancellationToken: Cancellation)).Runs);
        Assert.Equal(PipelineState.Cancelled, (await other.Runs.CancelAsync(id, "carol", Cancellation)).State);
        Assert.Equal(PipelineState.Queued, (await other.Runs.RetryAsync(id, "bob", Cancellation)).State);
    }

    [Fact]
    public async Task Cancel_while_the_step_ends_leaves_nothing_triggered()
    {
        PipelineProcess? process = null;
        process = Open(new PipelineDefinition("late", "", new PipelineStep("only", async context =>
        {
            context.Trigger("late");
            await process!.Runs.CancelAsync(context.RunId, "bob", Cancellation);
        })));
        var id = (await process.Runs.StartAsync("late", "alice", cancellationToken: Cancellation)).Id;
        await process.WorkAsync();

        Assert.Equal("Cancelled only:Cancelled:1", Describe(await process.GetAsync(id)));
        Assert.Single((await process.Runs.ListAsync(cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task Cancel_of_a_queued_or_waiting_run_is_done_at_once()
    {
        var process = Open(new PipelineDefinition("flaky", "", Step("only", _ => throw new InvalidOperationException())));
        var queued = await process.Runs.StartAsync("flaky", "alice", cancellationToken: Cancellation);
        Assert.Equal("Cancelled only:Cancelled:0", Describe(await process.Runs.CancelAsync(queued.Id, "bob", Cancellation)));

        var waiting = await process.Runs.StartAsync("flaky", "alice", cancellationToken: Cancellation);
        await process.WorkAsync();
        Assert.Equal("Cancelled only:Cancelled:1", Describe(await process.Runs.CancelAsync(waiting.Id, "bob", Cancellation)));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, await process.WorkAsync());
        await Assert.ThrowsAsync<PipelineRunNotFoundException>(() => process.Runs.CancelAsync(99, "bob", Cancellation));
    }

    [Fact]
    public async Task Host_that_stops_gives_the_run_away_without_costing_an_attempt()
    {
        using var stopping = new CancellationTokenSource();
        var attempts = 0;
        var pipeline = new PipelineDefinition("moved", "", new PipelineStep("only", async context =>
        {
            if (++attempts == 1)
            {
                await stopping.CancelAsync();
                await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
            }
        }) { Retries = 0 });
        var process = Open(pipeline);
        var other = Open(pipeline);
        var id = (await process.Runs.StartAsync("moved", "alice", cancellationToken: Cancellation)).Id;
        var claim = await process.Claims.TryClaimAsync(id, Cancellation);
        await process.Executor.ExecuteAsync(claim!, null, stopping.Token);

        var left = await process.GetAsync(id);
        Assert.Equal(("Waiting only:Waiting:1", 1), (Describe(left), left.Steps[0].AttemptsLeft));
        Assert.Equal(1, await other.WorkAsync());
        Assert.Equal("Succeeded only:Succeeded:2", Describe(await other.GetAsync(id)));
    }

    [Fact]
    public async Task Steps_changed_since_the_start_fail_the_run_with_a_reason()
    {
        var before = Open(new PipelineDefinition("changed", "", Step("one"), Step("two")));
        var after = Open(new PipelineDefinition("changed", "", Step("one"), Step("three")));
        var id = (await before.Runs.StartAsync("changed", "alice", cancellationToken: Cancellation)).Id;
        await after.WorkAsync();

        var run = await after.GetAsync(id);
        Assert.Equal(PipelineState.Failed, run.State);
        Assert.Contains("have changed", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_leaves_pipelines_it_does_not_know_to_others()
    {
        var knowing = Open(new PipelineDefinition("special", "", Step("only")));
        var ignorant = Open();
        var id = (await knowing.Runs.StartAsync("special", "alice", cancellationToken: Cancellation)).Id;

        Assert.Equal(0, await ignorant.WorkAsync());
        Assert.Equal(1, await knowing.WorkAsync());
        Assert.Equal(PipelineState.Succeeded, (await ignorant.GetAsync(id)).State);
    }
}
