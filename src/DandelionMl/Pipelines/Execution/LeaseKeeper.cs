using DandelionMl.Data;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Renews the lease of a run while this process waits for it, and cancels the run when that is told to stop: who started it does not
/// want it to go on alone. Thread-safe.</summary>
internal sealed class LeaseKeeper(PipelineQueue queue, TimeProvider time)
{
    /// <summary>How often a lease is renewed while it lasts.</summary>
    private const int Renewals = 4;

    /// <summary>Waits for a run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="lease">Its lease; where it has none, it is only waited for.</param>
    /// <param name="drive">Works on it or waits for it.</param>
    /// <param name="cancellationToken">Tells this process to stop.</param>
    public async Task<PipelineOutcome> KeepAsync(
        long id, TimeSpan? lease, Func<CancellationToken, Task<PipelineOutcome>> drive, CancellationToken cancellationToken)
    {
        if (lease is not { } duration)
        {
            return await drive(cancellationToken).ConfigureAwait(false);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewing = RenewAsync(id, duration / Renewals, end.Token);
        try
        {
            return await drive(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await TryCancelAsync(id).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RenewAsync(long id, TimeSpan interval, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            try
            {
                await queue.RenewAsync(id, cancellationToken).ConfigureAwait(false);
            }
            catch (DatabaseException)
            {
                // Out of reach for a while: the next renewal may get through, and the run's own heartbeats tell of it.
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    private async Task TryCancelAsync(long id)
    {
        try
        {
            await queue.CancelAsync(id, $"{PipelineClaims.Owner}, which was told to stop", CancellationToken.None).ConfigureAwait(false);
        }
        catch (PipelineRunStateException)
        {
            // It has ended by itself.
        }
    }
}
