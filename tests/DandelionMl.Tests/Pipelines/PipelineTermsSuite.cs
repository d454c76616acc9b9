using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Pipelines;

/// <summary>Runs that another scheduler starts: found again by their key, ended by the next of their group, and with some of the steps.</summary>
public abstract class PipelineTermsSuite(TestDatabase database) : PipelineStartSuite(database)
{
    [Fact]
    public async Task Start_with_a_key_that_was_used_finds_the_run_in_whatever_state_it_is()
    {
        var isBroken = true;
        var process = Open(Three(_ => FailIf(isBroken)));
        var first = await StartAsync(process, new() { Key = "a" });
        var queued = await StartAsync(process, new() { Key = "a" });
        await process.WorkAsync();
        var failed = await StartAsync(process, new() { Key = "a" });
        isBroken = false;
        await process.Runs.RetryAsync(first.Run.Id, "bob", Cancellation);
        await process.WorkAsync();
        var succeeded = await StartAsync(process, new() { Key = "a" });

        Assert.Equal([true, false, false, false], new[] { first, queued, failed, succeeded }.Select(start => start.IsNew));
        Assert.Single(new[] { first, queued, failed, succeeded }.Select(start => start.Run.Id).Distinct());
        Assert.Equal(
            [PipelineState.Queued, PipelineState.Failed, PipelineState.Succeeded], new[] { queued, failed, succeeded }.Select(start => start.Run.State));
        Assert.True((await StartAsync(process, new() { Key = "A" })).IsNew);
    }

    [Fact]
    public async Task Key_is_of_its_pipeline()
    {
        var process = Open(Three(), new PipelineDefinition("other", "", Step("only")));
        var one = await StartAsync(process, new() { Key = "a" });

        var other = await process.Runs.StartAsync("other", "alice", null, new StartTerms { Key = "a" }, Cancellation);

        Assert.True(other.IsNew);
        Assert.NotEqual(one.Run.Id, other.Run.Id);
    }

    [Fact]
    public async Task Many_starts_with_one_key_at_once_give_one_run()
    {
        var processes = Enumerable.Range(0, 4).Select(_ => Open(Three())).ToList();
        await processes[0].Runs.ListPipelinesAsync(Cancellation);

        var starts = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
            () => StartAsync(processes[i % 4], new StartTerms { Key = "a", Group = "g", Lease = Lease }))));

        Assert.Single(starts, start => start.IsNew);
        Assert.Single(starts.Select(start => start.Run.Id).Distinct());
        Assert.Single((await processes[0].Runs.ListAsync(cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task Key_is_kept_as_long_as_its_run()
    {
        var process = Open(Time, [Three()], options => options.MaxRuns = 1);
        var first = await StartAsync(process, new() { Key = "a" });
        await process.WorkAsync();
        Assert.Equal(first.Run.Id, (await StartAsync(process, new() { Key = "a" })).Run.Id);
        await StartAsync(process, StartTerms.None);
        await process.WorkAsync();

        await process.Runs.SweepAsync(Cancellation);

        Assert.True((await StartAsync(process, new() { Key = "a" })).IsNew);
    }

    [Fact]
    public async Task New_run_of_a_group_cancels_the_one_that_is_queued()
    {
        var process = Open(Three());
        var first = await StartAsync(process, new() { Key = "a", Group = "g" });

        var second = await StartAsync(process, new() { Key = "b", Group = "g" });

        var cancelled = await process.GetAsync(first.Run.Id);
        Assert.Equal((PipelineState.Cancelled, "cancelled by a new run of its group, started by alice"), (cancelled.State, cancelled.Reason));
        Assert.Equal(1, await process.WorkAsync());
        Assert.Equal(PipelineState.Succeeded, (await process.GetAsync(second.Run.Id)).State);
    }

    [Fact]
    public async Task New_run_of_a_group_waits_until_the_one_at_work_has_stopped()
    {
        var (process, other) = (Open(Blocking()), Open(Three()));
        var first = await StartAsync(process, new() { Key = "a", Group = "g" });
        await process.Worker.LookAsync(CancellationToken.None);
        await Started.Task;

        var second = await StartAsync(other, new() { Key = "b", Group = "g" });

        Assert.Equal(0, await other.WorkAsync());
        Time.Advance(TimeSpan.FromSeconds(5));
        await process.Worker.WhenIdleAsync();
        Assert.Equal("Cancelled one:Cancelled:1 two:Cancelled:0 three:Cancelled:0", Describe(await other.GetAsync(first.Run.Id)));
        Assert.Equal(1, await other.WorkAsync());
        Assert.Equal(PipelineState.Succeeded, (await other.GetAsync(second.Run.Id)).State);
    }

    [Fact]
    public async Task New_run_of_a_group_touches_no_run_of_others()
    {
        var process = Open(Three());
        var other = await StartAsync(process, new() { Key = "a", Group = "h" });

        var busy = await Assert.ThrowsAsync<PipelineBusyException>(() => StartAsync(process, new() { Key = "b", Group = "g" }));

        Assert.Equal(other.Run.Id, busy.RunId);
        Assert.Equal(PipelineState.Queued, (await process.GetAsync(other.Run.Id)).State);
        await process.WorkAsync();
        Assert.True((await StartAsync(process, new() { Key = "b", Group = "g" })).IsNew);
    }

    [Fact]
    public async Task Run_that_is_cancelled_for_another_reason_keeps_other_groups_out()
    {
        var (process, other) = (Open(Blocking()), Open(Three()));
        var first = await StartAsync(process, new() { Group = "h" });
        await process.Worker.LookAsync(CancellationToken.None);
        await Started.Task;
        await other.Runs.CancelAsync(first.Run.Id, "bob", Cancellation);

        await Assert.ThrowsAsync<PipelineBusyException>(() => StartAsync(other, new() { Group = "g" }));
        await Assert.ThrowsAsync<PipelineBusyException>(() => StartAsync(other, StartTerms.None));

        Time.Advance(TimeSpan.FromSeconds(5));
        await process.Worker.WhenIdleAsync();
        Assert.True((await StartAsync(other, new() { Group = "g" })).IsNew);
    }

    [Theory]
    [InlineData("one", "Succeeded one:Succeeded:1 two:Skipped:0 three:Skipped:0")]
    [InlineData("two", "Succeeded one:Skipped:0 two:Succeeded:1 three:Skipped:0")]
    [InlineData("three one", "Succeeded one:Succeeded:1 two:Skipped:0 three:Succeeded:1")]
    public async Task Only_the_steps_that_are_asked_for_are_done(string steps, string end)
    {
        var done = new List<string>();
        var process = Open(new PipelineDefinition(
            "three", "", Step("one", _ => done.Add("one")), Step("two", _ => done.Add("two")), Step("three", _ => done.Add("three"))));

        var id = (await StartAsync(process, new() { Steps = steps.Split(' ') })).Run.Id;
        await process.WorkAsync();

        Assert.Equal(end, Describe(await process.GetAsync(id)));
        Assert.Equal(steps.Split(' ').Order(), done.Order());
    }

    [Fact]
    public async Task Step_that_needs_another_says_that_it_was_left_out()
    {
        var process = Open(Three());
        var start = await process.Runs.StartAsync("train", "alice", null, new StartTerms { Steps = ["promotion-gate"] }, Cancellation);

        await process.WorkAsync();

        Assert.Equal(
            "step 'promotion-gate': This run was started without its step 'train-model': there is no version to judge.",
            (await process.GetAsync(start.Run.Id)).Reason);
    }

    [Fact]
    public async Task Step_that_failed_is_resumed_without_those_that_were_left_out()
    {
        var isBroken = true;
        var process = Open(Three(_ => FailIf(isBroken)));
        var id = (await StartAsync(process, new() { Steps = ["two"] })).Run.Id;
        await process.WorkAsync();
        Assert.Equal("Failed one:Skipped:0 two:Failed:1 three:Skipped:0", Describe(await process.GetAsync(id)));
        isBroken = false;

        await process.Runs.RetryAsync(id, "bob", Cancellation);
        await process.WorkAsync();

        Assert.Equal("Succeeded one:Skipped:0 two:Succeeded:2 three:Skipped:0", Describe(await process.GetAsync(id)));
    }

    [Fact]
    public async Task Trigger_that_joins_a_queued_run_wants_all_of_its_steps_and_no_lease()
    {
        var process = Open(Three(), new PipelineDefinition("source", "", Step("only", context => context.Trigger("three"))));
        var id = (await StartAsync(process, new() { Key = "a", Group = "g", Lease = Lease, Steps = ["one"] })).Run.Id;

        await process.Runner.RunAsync("source", "bob", withTriggered: false, cancellationToken: Cancellation);

        var joined = await process.GetAsync(id);
        Assert.Equal(2, joined.Triggers.Count);
        Assert.Equal(("a", null, null), (joined.Key, joined.Group, joined.LeaseUntil));
        await process.WorkAsync();
        Assert.Equal("Succeeded one:Succeeded:1 two:Succeeded:1 three:Succeeded:1", Describe(await process.GetAsync(id)));
    }

    [Theory]
    [InlineData("", null, null, null, "The key of a run is empty")]
    [InlineData("a\nb", null, null, null, "The key of a run contains a control character")]
    [InlineData("\ud800", null, null, null, "The key of a run contains a control character, or half")]
    [InlineData(null, " ", null, null, "The group of a run is empty")]
    [InlineData(null, null, 29, null, "The lease of a run is 29 seconds; 30 to 3600 are accepted")]
    [InlineData(null, null, 3_601, null, "The lease of a run is 3601 seconds")]
    [InlineData(null, null, null, "four", "Pipeline 'three' has no step 'four'; it has one, two, three")]
    [InlineData(null, null, null, "", "No step of pipeline 'three' is asked for; it has one, two, three")]
    public async Task Start_with_terms_that_are_wrong_says_so_and_starts_nothing(
        string? key, string? group, int? lease, string? step, string message)
    {
        var process = Open(Three());
        var terms = new StartTerms
        {
            Key = key,
            Group = group,
            Lease = lease is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Steps = step is null ? null : step.Length == 0 ? [] : [step],
        };

        var refused = await Assert.ThrowsAsync<InvalidPipelineParametersException>(() => StartAsync(process, terms));

        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.Empty((await process.Runs.ListAsync(cancellationToken: Cancellation)).Runs);
    }

    [Fact]
    public async Task Longest_key_and_group_are_kept_as_they_are()
    {
        var process = Open(Three());
        var name = new string('語', StartTerms.MaxNameLength);

        var run = (await StartAsync(process, new() { Key = name, Group = name })).Run;

        Assert.Equal((name, name), (run.Key, run.Group));
        await Assert.ThrowsAsync<InvalidPipelineParametersException>(() => StartAsync(process, new() { Key = name + "語" }));
    }

    [Fact]
    public async Task Command_finds_its_run_by_the_key_and_resumes_it_if_it_failed()
    {
        var done = new List<string>();
        var isBroken = true;
        var process = Open(new PipelineDefinition("three", "", Step("one", _ => done.Add("one")), Step("two", _ =>
        {
            done.Add("two");
            FailIf(isBroken);
        })));
        var failed = await RunAsync(process, new() { Key = "a", Lease = Lease });
        isBroken = false;

        var resumed = await RunAsync(process, new() { Key = "a", Lease = Lease });
        var found = await RunAsync(process, new() { Key = "a", Lease = Lease });

        Assert.Equal((PipelineState.Failed, PipelineState.Succeeded), (failed.Run.State, resumed.Run.State));
        Assert.Equivalent(resumed.Run, found.Run, strict: true);
        Assert.Equal(["one", "two", "two"], done);
    }

    [Fact]
    public async Task Command_with_a_key_waits_for_a_busy_pipeline_and_one_without_is_refused()
    {
        var (process, other) = (Open(Blocking()), Open(Three()));
        await StartAsync(process, StartTerms.None);
        await process.Worker.LookAsync(CancellationToken.None);
        await Started.Task;

        await Assert.ThrowsAsync<PipelineBusyException>(() => RunAsync(other, new() { Group = "g" }));
        var waiting = RunAsync(other, new() { Key = "a" });
        Go.SetResult();
        await process.Worker.WhenIdleAsync();
        await Eventually.IsAsync(() => Task.FromResult(waiting.IsCompleted), () => Time.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal(("a", PipelineState.Succeeded), ((await waiting).Run.Key, (await waiting).Run.State));
    }

    [Fact]
    public async Task Command_cancels_the_run_of_its_group_that_a_dead_process_left_and_does_not_finish_it()
    {
        var (lost, process) = (Open(Three()), Open(Three()));
        var first = (await StartAsync(lost, new() { Key = "a", Group = "g" })).Run.Id;
        await lost.Claims.TryClaimAsync(first, Cancellation);
        Time.Advance(TimeSpan.FromMinutes(1));

        var outcome = await RunAsync(process, new() { Key = "b", Group = "g" });

        Assert.Equal(PipelineState.Succeeded, outcome.Run.State);
        Assert.Equal(PipelineState.Cancelled, (await process.GetAsync(first)).State);
    }

    [Fact]
    public async Task Command_without_a_key_finishes_a_run_with_other_steps_and_then_does_its_own()
    {
        var process = Open(Three());
        var left = (await StartAsync(process, new() { Steps = ["one"] })).Run.Id;

        var outcome = await RunAsync(process, new() { Steps = ["two"] });

        Assert.Equal("Succeeded one:Succeeded:1 two:Skipped:0 three:Skipped:0", Describe(await process.GetAsync(left)));
        Assert.Equal("Succeeded one:Skipped:0 two:Succeeded:1 three:Skipped:0", Describe(outcome.Run));
    }

    private static void FailIf(bool isBroken)
    {
        if (isBroken)
        {
            throw new PipelineStepFailedException("no");
        }
    }
}
