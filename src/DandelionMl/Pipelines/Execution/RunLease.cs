using System.Text.Json.Nodes;
using DandelionMl.Data;
using DandelionMl.Pipelines.Rows;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Changes a run that this process owns. Every change is one transaction that first makes sure that the run is still this
/// process's, and says so to others; and every change may be made twice, so that one whose outcome is unknown is made again.</summary>
/// <remarks>None is cancelled by a token: what was done is recorded, even while the host stops.</remarks>
internal sealed class RunLease(Database database, TimeProvider time, long runId, string lease, RunLog log)
{
    private const string HoldSql =
        $"""
        UPDATE pipeline_runs SET heartbeat_at = @now
        WHERE id = @runId AND lease = @lease AND state = '{PipelineStateText.Running}'
        RETURNING CASE WHEN cancel_requested_by IS NULL THEN 0 ELSE 1 END
        """;

    /// <summary>Gives a sign of life and keeps the lines logged so far.</summary>
    /// <returns>Whether the run is to be cancelled.</returns>
    public async Task<bool> BeatAsync() => await ChangeAsync((_, _) => Task.CompletedTask).ConfigureAwait(false) == Hold.ToBeCancelled;

    /// <summary>Begins an attempt at a step.</summary>
    public Task BeginAsync(PipelineStepRun step) => ChangeAsync((session, now) => StepRows.BeginAsync(session, runId, step, now));

    public Task SaveOutputAsync(string step, JsonObject output)
    {
        var text = output.ToJsonString();
        return ChangeAsync((session, _) => StepRows.SetOutputAsync(session, runId, step, text));
    }

    /// <summary>Ends a step well, with everything it asked for, and the run if nothing is left to do.</summary>
    /// <returns>Whether it was done: a run that is to be cancelled is, instead.</returns>
    public Task<bool> FinishAsync(string step, JsonObject output, IReadOnlyList<RequestedRun> requested, Reason? skipReason)
    {
        var text = output.ToJsonString();
        return EndAttemptAsync(hold: null, async (session, now) =>
        {
            if (!await StepRows.EndAsync(session, runId, step, PipelineState.Succeeded, null, now).ConfigureAwait(false))
            {
                return;
            }

            await StepRows.SetOutputAsync(session, runId, step, text).ConfigureAwait(false);
            if (skipReason is not null)
            {
                await RunRows.EndAsync(session, runId, PipelineState.Skipped, skipReason, now).ConfigureAwait(false);
            }
            else if (!await StepRows.AnyQueuedAsync(session, runId).ConfigureAwait(false))
            {
                await RunRows.EndAsync(session, runId, PipelineState.Succeeded, null, now).ConfigureAwait(false);
            }

            foreach (var request in requested)
            {
                var trigger = new PipelineTrigger(PipelineTriggerKind.Pipeline, now, SourceRunId: runId);
                await PipelineQueue.EnqueueAsync(session, request.Pipeline, request.Parameters, trigger).ConfigureAwait(false);
            }
        });
    }

    /// <summary>Fails an attempt: the run waits for the next one, or fails.</summary>
    /// <param name="step">The step.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="retryAt">When it is tried again; null for never.</param>
    /// <param name="hold">What holds the pipeline from now on; where the step still works.</param>
    /// <returns>Whether it was done: a run that is to be cancelled is, instead.</returns>
    public Task<bool> FailAsync(string step, Reason reason, DateTimeOffset? retryAt, PipelineHold? hold = null)
    {
        var told = hold is null ? reason : Reason.Said($"{reason} {hold.Remark}");
        return EndAttemptAsync(hold, async (session, now) =>
        {
            await StepRows.EndAsync(session, runId, step, retryAt is null ? PipelineState.Failed : PipelineState.Waiting, told, now, retryAt).ConfigureAwait(false);
            if (retryAt is { } at)
            {
                await WaitAsync(session, at).ConfigureAwait(false);
            }
            else
            {
                await RunRows.EndAsync(session, runId, PipelineState.Failed, new Reason("Step", step, told), now).ConfigureAwait(false);
            }
        });
    }

    /// <summary>Gives the run away, as a host does that is told to stop: another goes on with it at once, and an attempt that was cut off
    /// does not count.</summary>
    /// <param name="step">The step that was cut off; null if none was.</param>
    /// <param name="hold">What holds the pipeline from now on; where the step still works.</param>
    /// <returns>Whether it was done: a run that is to be cancelled is, instead.</returns>
    public Task<bool> ReleaseAsync(PipelineStepRun? step, PipelineHold? hold = null) => EndAttemptAsync(hold, async (session, now) =>
    {
        if (step is not null)
        {
            await StepRows.EndAsync(session, runId, step.Name, PipelineState.Waiting, new Reason("HostStopped"), now, now).ConfigureAwait(false);
            await StepRows.SetAttemptsLeftAsync(session, runId, step.Name, step.AttemptsLeft + 1).ConfigureAwait(false);
        }

        await WaitAsync(session, now).ConfigureAwait(false);
    });

    /// <summary>Ends the run.</summary>
    public Task EndAsync(PipelineState state, Reason reason) =>
        ChangeAsync((session, now) => RunRows.EndAsync(session, runId, state, reason, now));

    private Task<int> WaitAsync(DatabaseSession session, DateTimeOffset until) => session.ExecuteAsync(
        $"UPDATE pipeline_runs SET state = '{PipelineStateText.Waiting}', retry_at = @until WHERE id = @runId",
        [("runId", runId), ("until", until)]);

    private async Task<bool> EndAttemptAsync(PipelineHold? hold, Func<DatabaseSession, DateTimeOffset, Task> end) => await ChangeAsync(
        async (session, now) =>
        {
            await end(session, now).ConfigureAwait(false);
            await ((hold?.BeginAsync(session, now) ?? Task.CompletedTask).ConfigureAwait(false));
        },
        async (session, now) =>
        {
            await CancelAsync(session, now, hold?.Remark).ConfigureAwait(false);
            await ((hold?.BeginAsync(session, now) ?? Task.CompletedTask).ConfigureAwait(false));
        }).ConfigureAwait(false) != Hold.ToBeCancelled;

    private async Task CancelAsync(DatabaseSession session, DateTimeOffset now, string? remark)
    {
        var by = await session.ScalarAsync<string>(
            "SELECT cancel_requested_by FROM pipeline_runs WHERE id = @runId", [("runId", runId)]).ConfigureAwait(false);
        var reason = PipelineQueue.CancelReason(by ?? "");
        await RunRows.EndAsync(session, runId, PipelineState.Cancelled, remark is null ? reason : Reason.Said($"{reason}. {remark}"), now).ConfigureAwait(false);
    }

    /// <exception cref="LostRunException">The run is another process's.</exception>
    private async Task<Hold> ChangeAsync(
        Func<DatabaseSession, DateTimeOffset, Task> change, Func<DatabaseSession, DateTimeOffset, Task>? ifToBeCancelled = null)
    {
        var lines = log.Pending();
        var hold = await database.WriteIdempotentAsync(
            async session =>
            {
                var now = time.GetUtcMicroseconds();
                var hold = await HoldAsync(session, now).ConfigureAwait(false);
                if (hold != Hold.IsOver)
                {
                    await LogRows.InsertAsync(session, lines).ConfigureAwait(false);
                    await (hold == Hold.ToBeCancelled ? ifToBeCancelled ?? change : change)(session, now).ConfigureAwait(false);
                }

                return hold;
            },
            CancellationToken.None).ConfigureAwait(false);
        log.Confirm(lines.Count);
        return hold;
    }

    private async Task<Hold> HoldAsync(DatabaseSession session, DateTimeOffset now)
    {
        if (await session.ScalarAsync<int?>(HoldSql, [("now", now), ("runId", runId), ("lease", lease)]).ConfigureAwait(false) is { } flag)
        {
            return flag == 1 ? Hold.ToBeCancelled : Hold.Ours;
        }

        // Not running, but still under this lease: a change of this process's own has ended the run, and is made for the second time.
        return await session.ScalarAsync<long>(
            "SELECT COUNT(*) FROM pipeline_runs WHERE id = @runId AND lease = @lease", [("runId", runId), ("lease", lease)]).ConfigureAwait(false) == 1
            ? Hold.IsOver
            : throw new LostRunException(runId);
    }

    private enum Hold
    {
        Ours,
        ToBeCancelled,
        IsOver,
    }
}
