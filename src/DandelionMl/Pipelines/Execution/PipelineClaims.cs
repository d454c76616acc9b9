using System.Collections.Concurrent;
using DandelionMl.Data;
using DandelionMl.Pipelines.Rows;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Gives runs to processes: a queued run whose turn it is, one whose time of waiting is over, one whose owner was not heard
/// from for too long. Of those that ask, one gets it, under a lease: a name that each change of the run must then know. Who had it
/// before can't change it any more. Thread-safe.</summary>
internal sealed class PipelineClaims(
    Database database, PipelineCatalog pipelines, PipelineOptions options, TimeProvider time)
{
    private const string IsDue =
        $"""
        ({PipelineHold.IsFree} AND (
            (r.state = '{PipelineStateText.Queued}' AND NOT EXISTS (
                SELECT 1 FROM pipeline_runs a
                WHERE a.pipeline = r.pipeline AND a.state IN ('{PipelineStateText.Running}', '{PipelineStateText.Waiting}')))
            OR (r.state = '{PipelineStateText.Waiting}' AND r.retry_at <= @now)
            OR (r.state = '{PipelineStateText.Running}' AND r.heartbeat_at < @limit)))
        """;

    private const string IsUnowned =
        $"""
        (r.state IN ('{PipelineStateText.Queued}', '{PipelineStateText.Waiting}')
            OR (r.state = '{PipelineStateText.Running}' AND r.heartbeat_at < @limit))
        """;

    private const string ClaimSql =
        $"""
        UPDATE pipeline_runs AS r
        SET state = '{PipelineStateText.Running}', lease = @lease, owner = @owner, heartbeat_at = @now, retry_at = NULL,
            started_at = COALESCE(r.started_at, @now)
        WHERE r.id = @id AND {IsDue}
        """;

    private readonly ConcurrentDictionary<long, byte> _atWork = new();

    /// <summary>This process, as others are told of it.</summary>
    public static string Owner { get; } = $"{Environment.MachineName} (process {Environment.ProcessId})";

    public static string NewLease() => Guid.NewGuid().ToString("N");

    /// <summary>Takes the oldest run that is there to be taken, of the pipelines that this application knows.</summary>
    /// <param name="pipeline">Of which pipeline; null for any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<RunClaim?> TryClaimNextAsync(string? pipeline, CancellationToken cancellationToken)
    {
        var due = await database.ReadAsync(
            session => session.QueryAsync(
                $"SELECT r.id, r.pipeline FROM pipeline_runs r WHERE {IsDue} ORDER BY r.id",
                Parameters(0, "", time.GetUtcMicroseconds()),
                static row => (Id: row.GetFieldValue<long>(0), Pipeline: row.GetFieldValue<string>(1))),
            cancellationToken).ConfigureAwait(false);

        // On a busy machine a sign of life may come late, but this process knows that it is alive.
        foreach (var run in due.Where(run =>
            pipelines.Find(run.Pipeline) is not null && (pipeline is null || run.Pipeline == pipeline) && !_atWork.ContainsKey(run.Id)))
        {
            if (await TryClaimAsync(run.Id, cancellationToken).ConfigureAwait(false) is { } claim)
            {
                return claim;
            }
        }

        return null;
    }

    /// <summary>Takes a run, if it is there to be taken.</summary>
    public Task<RunClaim?> TryClaimAsync(long id, CancellationToken cancellationToken)
    {
        var lease = NewLease();
        return database.WriteIdempotentAsync<RunClaim?>(
            async session =>
            {
                var before = await RunRows.GetAsync(session, id).ConfigureAwait(false);
                await PipelineQueue.LockAsync(session, before.Pipeline).ConfigureAwait(false);
                var isTaken = await ClaimAsync(session, id, lease, time.GetUtcMicroseconds()).ConfigureAwait(false);
                if (!isTaken && !await IsUnderAsync(session, id, lease).ConfigureAwait(false))
                {
                    return null;
                }

                var lostOwner = isTaken && before.State == PipelineState.Running ? before.Owner : null;
                return new RunClaim(await RunRows.GetAsync(session, id).ConfigureAwait(false), lease, await LogRows.LastNumberAsync(session, id).ConfigureAwait(false), lostOwner);
            },
            cancellationToken);
    }

    /// <summary>Says that this process works on a run, until the result is disposed.</summary>
    public IDisposable Work(long id)
    {
        _atWork[id] = 0;
        return new Working(_atWork, id);
    }

    /// <summary>Claims in a transaction of the caller's, who holds the pipeline's lock.</summary>
    public async Task<bool> ClaimAsync(DatabaseSession session, long id, string lease, DateTimeOffset now) =>
        await session.ExecuteAsync(ClaimSql, Parameters(id, lease, now)).ConfigureAwait(false) == 1;

    /// <summary>Makes a run that nobody works on, or that was abandoned, nobody's, so that the caller's transaction may change it.</summary>
    /// <returns>Whether nobody works on it.</returns>
    public async Task<bool> TryTakeFromOwnerAsync(DatabaseSession session, long id, DateTimeOffset now) => await session.ExecuteAsync(
        $"UPDATE pipeline_runs AS r SET lease = NULL WHERE r.id = @id AND {IsUnowned}", Parameters(id, "", now)).ConfigureAwait(false) == 1;

    /// <summary>Whether a first try of the same transaction took the run, its answer lost.</summary>
    private static async Task<bool> IsUnderAsync(DatabaseSession session, long id, string lease) => await session.ScalarAsync<long>(
        "SELECT COUNT(*) FROM pipeline_runs WHERE id = @id AND lease = @lease", [("id", id), ("lease", lease)]).ConfigureAwait(false) == 1;

    private SqlParameters Parameters(long id, string lease, DateTimeOffset now) =>
        [("id", id), ("lease", lease), ("owner", Owner), ("now", now), ("limit", now - options.AbandonedAfter)];

    private sealed class Working(ConcurrentDictionary<long, byte> atWork, long id) : IDisposable
    {
        public void Dispose() => atWork.TryRemove(id, out _);
    }
}
