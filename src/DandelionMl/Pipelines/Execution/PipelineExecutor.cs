using System.Globalization;
using System.Text.Json.Nodes;
using DandelionMl.Data;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Does the steps of a run that this process has claimed, one after the other. Thread-safe.</summary>
internal sealed class PipelineExecutor(
    Database database,
    PipelineCatalog pipelines,
    PipelineClaims claims,
    PipelineOptions options,
    RetryBackoff backoff,
    PipelineStragglers stragglers,
    StepScopes scopes,
    PipelineTelemetry telemetry,
    TimeProvider time,
    ILogger<PipelineExecutor> logger)
{
    /// <summary>Works until the run ends, has to wait, or is lost.</summary>
    /// <param name="claim">The run.</param>
    /// <param name="progress">Told of the lines of its log.</param>
    /// <param name="stopping">Tells that this process stops: the run is given away.</param>
    public async Task ExecuteAsync(RunClaim claim, IProgress<PipelineLogLine>? progress, CancellationToken stopping)
    {
        var run = claim.Run;
        var log = new RunLog(run.Id, claim.LastLogNumber, time, progress);
        var lease = new RunLease(database, time, run.Id, claim.Lease, log);
        using var working = claims.Work(run.Id);
        using var activity = PipelineTelemetry.StartRun(run);
        PipelineLog.PipelineRunTaken(logger, run.Id, run.Pipeline);
        if (claim.LostOwner is { } lost)
        {
            PipelineLog.PipelineRunAbandoned(logger, run.Id, run.Pipeline, lost);
            log.Write(null, $"{lost} stopped responding during this run; {PipelineClaims.Owner} continues it.", LogLevel.Warning);
        }

        try
        {
            var state = await ExecuteAsync(run, lease, log, stopping).ConfigureAwait(false);
            telemetry.EndRun(activity, run, state);
            PipelineLog.PipelineRunLeft(logger, run.Id, run.Pipeline, state);
        }
        catch (LostRunException)
        {
            PipelineLog.PipelineRunLost(logger, run.Id, run.Pipeline);
        }
    }

    private async Task<PipelineState> ExecuteAsync(PipelineRun run, RunLease lease, RunLog log, CancellationToken stopping)
    {
        if (run.CancelRequestedBy is { } by)
        {
            return await EndAsync(lease, PipelineState.Cancelled, PipelineQueue.CancelReason(by)).ConfigureAwait(false);
        }

        var definition = pipelines.Get(run.Pipeline);
        if (!definition.Steps.Select(step => step.Name).SequenceEqual(run.Steps.Select(step => step.Name)))
        {
            return await EndAsync(lease, PipelineState.Failed, new Reason("StepsChanged")).ConfigureAwait(false);
        }

        var (state, position) = (PipelineState.Running, run.Steps.TakeWhile(IsDone).Count());
        for (; state == PipelineState.Running; position++)
        {
            if (IsDone(run.Steps[position]))
            {
                continue;
            }

            if (stopping.IsCancellationRequested)
            {
                return await lease.ReleaseAsync(null).ConfigureAwait(false) ? PipelineState.Waiting : PipelineState.Cancelled;
            }

            var attempt = new StepAttempt(definition.Steps[position], run, run.Steps[position], lease, log);
            (state, var step) = await TryAsync(attempt, stopping).ConfigureAwait(false);
            run = run with { Steps = [.. run.Steps.Select(other => other.Name == step.Name ? step : other)] };
        }

        return state;
    }

    private static bool IsDone(PipelineStepRun step) => step.State is PipelineState.Succeeded or PipelineState.Skipped;

    private static async Task<PipelineState> EndAsync(RunLease lease, PipelineState state, Reason reason)
    {
        await lease.EndAsync(state, reason).ConfigureAwait(false);
        return state;
    }

    /// <returns>The run's state after the attempt, and the step with what it left.</returns>
    private async Task<(PipelineState State, PipelineStepRun Step)> TryAsync(StepAttempt attempt, CancellationToken stopping)
    {
        if (attempt.Step.AttemptsLeft == 0)
        {
            var reason = new Reason("HostLost");
            attempt.Log.Write(attempt.Step.Name, reason.ToString(), LogLevel.Error);
            return (await FailAsync(attempt, reason, retryAt: null).ConfigureAwait(false), attempt.Step);
        }

        var begun = attempt.Step with { Attempt = attempt.Step.Attempt + 1, AttemptsLeft = attempt.Step.AttemptsLeft - 1 };
        attempt = attempt with { Step = begun };
        await attempt.Lease.BeginAsync(begun).ConfigureAwait(false);
        using var activity = telemetry.StartStep(attempt.Run, begun);
        var end = await WorkAsync(attempt, stopping).ConfigureAwait(false);
        var hold = end.Left is null ? null : HoldOf(attempt);
        try
        {
            var state = end.Failure is null ? await FinishAsync(attempt, end.Context).ConfigureAwait(false)
                : end.IsStopped ? await ReleaseAsync(attempt, hold).ConfigureAwait(false)
                : await FailAsync(attempt, end.Failure, hold).ConfigureAwait(false);
            telemetry.EndStep(activity, attempt.Run, begun, state, end.Failure);
            return (state, begun with { State = PipelineState.Succeeded, Output = end.Context.Output });
        }
        finally
        {
            if (end.Left is { } left)
            {
                attempt.Log.Close();
                stragglers.Watch(hold!, begun.Name, left.Work, left.Scope);
            }
        }
    }

    /// <summary>Has the step do its work, until it returns or has to be given up.</summary>
    private async Task<AttemptEnd> WorkAsync(StepAttempt attempt, CancellationToken stopping)
    {
        var (definition, run, step, lease, log) = attempt;
        var scope = scopes.Create();
        var pulse = new RunPulse(lease, log, options, definition.Timeout, time, logger, stopping);
        await using var pulseLifetime = pulse.ConfigureAwait(false);
        var context = new PipelineContext(run, step, scope, pipelines, log, SaveOutputAsync, pulse.Stopped);

        // On a thread of its own: a step may work for long before it first awaits.
        var work = Task.Run(() => definition.Run(context), CancellationToken.None);
        await Task.WhenAny(work, pulse.Overdue).ConfigureAwait(false);
        if (!work.IsCompleted && !pulse.IsLost)
        {
            var giveUp = pulse.IsTimedOut ? (Exception)TimedOut(null) : new OperationCanceledException();
            return new AttemptEnd(context, giveUp, !pulse.IsTimedOut, (work, scope));
        }

        // One that is lost is waited for however long it takes: while it works, this process does not take the run up again.
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await scope.DisposeAsync().ConfigureAwait(false);
        var failure = work.Exception?.InnerException ?? (work.IsCanceled ? new OperationCanceledException() : null);
        return pulse.IsLost || failure is LostRunException ? throw new LostRunException(run.Id)
            : failure is not null && pulse.IsTimedOut ? new AttemptEnd(context, TimedOut(failure), IsStopped: false, Left: null)
            : new AttemptEnd(context, failure, pulse.Stopped.IsCancellationRequested, Left: null);

        Task SaveOutputAsync(JsonObject output) =>
            pulse.Overdue.IsCompleted ? Task.FromCanceled(pulse.Stopped) : lease.SaveOutputAsync(step.Name, output);

        StepTimedOutException TimedOut(Exception? cause) => new(definition.Timeout!.Value, cause);
    }

    private PipelineHold HoldOf(StepAttempt attempt) => new(
        attempt.Run.Pipeline,
        attempt.Run.Id,
        PipelineClaims.NewLease(),
        options.AbandonedAfter,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Step '{attempt.Step.Name}' did not stop within {options.StopGracePeriod:c} and is still running on {PipelineClaims.Owner}: the pipeline's next run waits until it ends."));

    private static async Task<PipelineState> FinishAsync(StepAttempt attempt, PipelineContext context) =>
        !await attempt.Lease.FinishAsync(context.Step, context.Output, context.Requested, context.SkipReason).ConfigureAwait(false) ? PipelineState.Cancelled
        : context.SkipReason is not null ? PipelineState.Skipped
        : attempt.Run.Steps.All(step => IsDone(step) || step.Name == context.Step) ? PipelineState.Succeeded
        : PipelineState.Running;

    private static async Task<PipelineState> ReleaseAsync(StepAttempt attempt, PipelineHold? hold) =>
        await attempt.Lease.ReleaseAsync(attempt.Step, hold).ConfigureAwait(false) ? PipelineState.Waiting : PipelineState.Cancelled;

    private Task<PipelineState> FailAsync(StepAttempt attempt, Exception failure, PipelineHold? hold)
    {
        var step = attempt.Step;
        var failures = attempt.Definition.Retries + 1 - step.AttemptsLeft;
        var retryAt = step.AttemptsLeft > 0 && failure is not PipelineStepFailedException
            ? time.GetUtcMicroseconds() + backoff.After(attempt.Definition, failures)
            : (DateTimeOffset?)null;

        // Of an error that is not meant for people, its kind tells more than its words.
        var defect = failure is DandelionMlException ? null : failure;
        var reason = failure switch
        {
            PipelineStepFailedException failed => failed.Reason,
            StepTimedOutException timedOut => timedOut.Reason,
            DandelionMlException => Reason.Said(failure.Message),
            _ => Reason.Said($"{failure.GetType().Name}: {failure.Message}"),
        };
        var next = retryAt is { } at ? $" Next attempt at {at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}." : "";
        PipelineLog.PipelineStepFailed(logger, defect, step.Name, attempt.Run.Id, attempt.Run.Pipeline, step.Attempt, reason.ToString(), next);
        attempt.Log.Write(step.Name, string.Create(CultureInfo.InvariantCulture, $"Attempt {step.Attempt} failed: {reason}{next}"), LogLevel.Error);
        return FailAsync(attempt, reason, retryAt, hold);
    }

    private static async Task<PipelineState> FailAsync(
        StepAttempt attempt, Reason reason, DateTimeOffset? retryAt, PipelineHold? hold = null) =>
        !await attempt.Lease.FailAsync(attempt.Step.Name, reason, retryAt, hold).ConfigureAwait(false) ? PipelineState.Cancelled
        : retryAt is null ? PipelineState.Failed
        : PipelineState.Waiting;

    /// <summary>An attempt at a step, and what it works with.</summary>
    private sealed record StepAttempt(PipelineStep Definition, PipelineRun Run, PipelineStepRun Step, RunLease Lease, RunLog Log);

    /// <summary>How an attempt ended.</summary>
    /// <param name="Context">What the step said.</param>
    /// <param name="Failure">How it failed; null if it succeeded.</param>
    /// <param name="IsStopped">Whether it had been told to stop, by a cancel or by its host.</param>
    /// <param name="Left">Its work and the services of that; where it was given up and still works.</param>
    private sealed record AttemptEnd(PipelineContext Context, Exception? Failure, bool IsStopped, (Task Work, StepScope Scope)? Left);
}
