using DandelionMl.Classification;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Pipelines.Retention;
using DandelionMl.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines;

/// <summary>Takes up what is queued, due or abandoned, and works on it, at most one run of each pipeline at a time; sweeps out old runs and rejected versions.
/// Every replica may have one.</summary>
internal sealed class PipelineWorker(
    PipelineClaims claims,
    PipelineExecutor executor,
    CallerLeases leases,
    PipelineSweep sweep,
    RejectedVersions rejected,
    FutureTimes times,
    FirstLook first,
    PipelineOptions options,
    TimeProvider time,
    ILogger<PipelineWorker> logger) : BackgroundService, IHostedLifecycleService
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _runs = [];
    private readonly Repetitions _failures = new(time);
    private DateTimeOffset _sweepAt = DateTimeOffset.MinValue;
    private Task _sweep = Task.CompletedTask;

    /// <summary>Leaves the runs as soon as the host begins to stop, so that others take them up, however long requests last.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.WorkerEnabled)
        {
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _stopping.Token);
        await first.WaitAsync(either.Token).ConfigureAwait(false);
        await WorkAsync(either.Token).ConfigureAwait(false);
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.PollInterval, time);
        try
        {
            do
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
                SweepIfDue(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        finally
        {
            await WhenIdleAsync().ConfigureAwait(false);
            await _sweep.ConfigureAwait(false);
        }
    }

    /// <summary>Takes up everything that is there to be taken.</summary>
    internal async Task LookAsync(CancellationToken stopping)
    {
        _runs.RemoveAll(run => run.IsCompleted);
        try
        {
            await leases.EndExpiredAsync(stopping).ConfigureAwait(false);
            while (await claims.TryClaimNextAsync(pipeline: null, stopping).ConfigureAwait(false) is { } claim)
            {
                // On a thread of its own: a step may work for long before it first awaits.
                _runs.Add(Task.Run(() => RunAsync(claim, stopping), CancellationToken.None));
            }
        }
#pragma warning disable CA1031 // A database out of reach for a while must not end the host: the next look may succeed.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            if (_failures.IsToTell("look", out var times))
            {
                PipelineLog.PipelineLookFailed(logger, times, exception.Message, Repetitions.Unexpected(exception));
            }
        }
    }

    /// <summary>Done when all runs that were taken up have been left.</summary>
    internal Task WhenIdleAsync() => Task.WhenAll(_runs);

    private void SweepIfDue(CancellationToken stopping)
    {
        if (_sweep.IsCompleted && time.GetUtcNow() is var now && now >= _sweepAt)
        {
            _sweepAt = now + options.SweepInterval;
            _sweep = Task.Run(() => SweepAsync(stopping), CancellationToken.None);
        }
    }

    /// <summary>Sets times right, and sweeps out what is old.</summary>
    internal async Task SweepAsync(CancellationToken stopping)
    {
        try
        {
            await times.SetRightAsync(stopping).ConfigureAwait(false);

            // Replicas ask at their own times: one that comes a little early is not to wait for a whole interval more.
            await sweep.SweepAsync(options.SweepInterval / 2, stopping).ConfigureAwait(false);
            if (await rejected.DeleteAsync(rejected.Retention, stopping).ConfigureAwait(false) is { Count: > 0 } deleted)
            {
                PipelineLog.RejectedVersionsDeleted(logger, string.Join(", ", deleted));
            }
        }
#pragma warning disable CA1031 // A database out of reach for a while must not end the host: the next sweep may succeed.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            PipelineLog.PipelineSweepFailed(logger, exception);
        }
        catch (OperationCanceledException)
        {
            // The host stops; what is left is swept by the next.
        }
    }

    private async Task RunAsync(RunClaim claim, CancellationToken stopping)
    {
        try
        {
            await executor.ExecuteAsync(claim, progress: null, stopping).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // What can't be recorded is left: it is found abandoned, by this worker or another.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            PipelineLog.PipelineRunInterrupted(logger, exception, claim.Run.Id, claim.Run.Pipeline);
        }
    }
}
