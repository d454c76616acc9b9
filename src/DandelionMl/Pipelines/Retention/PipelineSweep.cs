using DandelionMl.Data;
using DandelionMl.Pipelines.Execution;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Retention;

/// <summary>Deletes the runs and logs that the options no longer keep, in small transactions. Of all replicas, one sweeps at a time: it holds
/// a lease, which ends by itself when the process is gone. Thread-safe.</summary>
internal sealed class PipelineSweep(Database database, PipelineOptions options, TimeProvider time, ILogger<PipelineSweep> logger)
{
    /// <summary>How long a sweep that says nothing more counts as alive; a batch takes far less.</summary>
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(5);

    /// <summary>Sweeps, unless another process does, or did so lately.</summary>
    /// <param name="sinceLast">How long ago the last sweep must have ended at least.</param>
    /// <param name="cancellationToken">Ends the sweep between two batches.</param>
    /// <returns>What was deleted.</returns>
    public async Task<Swept> SweepAsync(TimeSpan sinceLast, CancellationToken cancellationToken)
    {
        var lease = PipelineClaims.NewLease();
        if (!await TryBeginAsync(lease, sinceLast, cancellationToken).ConfigureAwait(false))
        {
            return default;
        }

        var all = default(Swept);
        Swept round;
        do
        {
            // A run that is gone no longer refers to the one that started it, which may go in the next round.
            round = await SweepOnceAsync(lease, cancellationToken).ConfigureAwait(false);
            all += round;
        }
        while (round.Runs > 0);
        await ChangeAsync(
            "UPDATE pipeline_sweeps SET lease = NULL, swept_at = @now WHERE id = 1 AND lease = @lease", lease, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
        if (all != default)
        {
            PipelineLog.PipelineRunsSwept(logger, all.Runs, all.Lines);
        }

        return all;
    }

    private async Task<Swept> SweepOnceAsync(string lease, CancellationToken cancellationToken)
    {
        var pipelines = await database.ReadAsync(
            session => session.QueryAsync("SELECT id FROM pipelines ORDER BY id", null, static row => row.GetFieldValue<string>(0)),
            cancellationToken).ConfigureAwait(false);
        var all = default(Swept);
        foreach (var pipeline in pipelines)
        {
            SweptBatch batch;
            do
            {
                batch = await SweepBatchAsync(lease, pipeline, cancellationToken).ConfigureAwait(false);
                all += batch.Swept;
            }
            while (batch.IsMoreLeft);
        }

        return all;
    }

    private Task<SweptBatch> SweepBatchAsync(string lease, string pipeline, CancellationToken cancellationToken) =>
        database.WriteIdempotentAsync(
            async session =>
            {
                var now = time.GetUtcMicroseconds();
                if (await session.ExecuteAsync(
                    "UPDATE pipeline_sweeps SET lease_until = @until WHERE id = 1 AND lease = @lease",
                    [("until", now + LeaseTime), ("lease", lease)]).ConfigureAwait(false) == 0)
                {
                    return default;
                }

                // So that none of them is begun anew meanwhile.
                await PipelineQueue.LockAsync(session, pipeline).ConfigureAwait(false);
                return await SweepRows.DeleteAsync(session, pipeline, options, now).ConfigureAwait(false);
            },
            cancellationToken);

    private async Task<bool> TryBeginAsync(string lease, TimeSpan sinceLast, CancellationToken cancellationToken) => await ChangeAsync(
        """
        UPDATE pipeline_sweeps SET lease = @lease, lease_until = @until
        WHERE id = 1 AND (lease IS NULL OR lease = @lease OR lease_until < @now) AND (swept_at IS NULL OR swept_at <= @last)
        """,
        lease,
        sinceLast,
        cancellationToken).ConfigureAwait(false) == 1;

    private Task<int> ChangeAsync(string sql, string lease, TimeSpan sinceLast, CancellationToken cancellationToken) =>
        database.WriteIdempotentAsync(
            session =>
            {
                var now = time.GetUtcMicroseconds();
                return session.ExecuteAsync(
                    sql, [("lease", lease), ("now", now), ("until", now + LeaseTime), ("last", now - sinceLast)]);
            },
            cancellationToken);
}

/// <summary>What a sweep deleted.</summary>
/// <param name="Runs">Runs, with all that belongs to them.</param>
/// <param name="Lines">Lines of logs, those of the runs among them.</param>
internal readonly record struct Swept(int Runs, long Lines)
{
    public static Swept operator +(Swept one, Swept other) => new(one.Runs + other.Runs, one.Lines + other.Lines);
}

/// <summary>What a transaction of a sweep deleted, and whether it left more to be deleted.</summary>
internal readonly record struct SweptBatch(Swept Swept, bool IsMoreLeft);
