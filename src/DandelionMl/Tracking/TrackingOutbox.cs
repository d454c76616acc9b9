using DandelionMl.Data;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.Rows;
using DandelionMl.Registry;

namespace DandelionMl.Tracking;

/// <summary>What of the trainings is not on a tracking server yet. It follows from the rows that the trainings write anyway and from how far
/// each of them is mirrored, so that a training writes nothing for it and what a crash cut off is found again. Of all processes, one
/// works on it, under a lease that each change must know. Thread-safe.</summary>
/// <param name="database">The database.</param>
/// <param name="server">What is mirrored to: at most 64 characters.</param>
/// <param name="time">The clock.</param>
internal sealed class TrackingOutbox(Database database, string server, TimeProvider time)
{
    /// <summary>The most that wait; of more, the newest.</summary>
    public const int Most = 1_000;

    /// <summary>How long a process that says nothing more counts as alive.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(3);

    private const string VersionsSql =
        $"""
        SELECT v.version, MAX(e.id), MIN(e.at), o.ids, o.attempts, o.retry_at, o.error
        FROM model_versions v
        JOIN model_events e ON e.version = v.version
        LEFT JOIN tracking_outbox o ON o.server = @server AND o.kind = '{TrackedItem.Version}' AND o.item = v.version
        WHERE v.state <> '{ModelStateText.Reserved}' AND e.id > COALESCE(o.done, 0)
        GROUP BY v.version, v.state, o.ids, o.attempts, o.retry_at, o.error
        HAVING MIN(e.at) >= @since OR v.state = '{ModelStateText.Champion}'
        ORDER BY v.version DESC LIMIT @most
        """;

    private const string RunsSql =
        $"""
        SELECT r.id, r.attempt, r.finished_at, o.ids, o.attempts, o.retry_at, o.error
        FROM pipeline_runs r
        LEFT JOIN tracking_outbox o ON o.server = @server AND o.kind = '{TrackedItem.Run}' AND o.item = r.id
        WHERE r.pipeline = '{PipelineIds.Train}' AND r.state IN ('{PipelineStateText.Failed}', '{PipelineStateText.Cancelled}')
            AND r.started_at IS NOT NULL AND r.finished_at >= @since AND r.attempt > COALESCE(o.done, 0)
            AND NOT EXISTS (
                SELECT 1 FROM model_versions v
                WHERE v.request_id = @request || r.id AND v.state <> '{ModelStateText.Reserved}')
        ORDER BY r.id DESC LIMIT @most
        """;

    /// <summary>What waits, the oldest change first.</summary>
    /// <param name="longest">How long it waits at most: what is older is left out, but for the champion.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<TrackedItem>> ListAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var request = TrainingRequest.Of(PipelineIds.Train, 0)[..^1];
        SqlParameters parameters = [("server", server), ("since", time.GetUtcMicroseconds() - longest), ("most", Most), ("request", request)];
        var items = await database.ReadAsync(
            async session =>
            {
                var versions = await QueryAsync(session, VersionsSql, TrackedItem.Version, parameters).ConfigureAwait(false);
                versions.AddRange(await QueryAsync(session, RunsSql, TrackedItem.Run, parameters).ConfigureAwait(false));
                return versions;
            },
            cancellationToken).ConfigureAwait(false);
        return [.. items.OrderBy(item => item.Since).ThenBy(item => item.Id)];
    }

    /// <summary>The ids that the server gave for what belongs to a version; null if it has not been begun.</summary>
    public Task<string?> FindIdsAsync(int version, CancellationToken cancellationToken) => database.ReadAsync(
        session => session.ScalarAsync<string>(
            $"SELECT ids FROM tracking_outbox WHERE server = @server AND kind = '{TrackedItem.Version}' AND item = @version",
            [("server", server), ("version", version)]),
        cancellationToken);

    /// <summary>Takes the lease, unless another process has it.</summary>
    public Task<bool> TryLeaseAsync(string lease, CancellationToken cancellationToken) => database.WriteIdempotentAsync(
        async session =>
        {
            var now = time.GetUtcMicroseconds();
            await session.ExecuteAsync(
                "INSERT INTO tracking_servers (id) VALUES (@server) ON CONFLICT (id) DO NOTHING", [("server", server)]).ConfigureAwait(false);
            return await session.ExecuteAsync(
                """
                UPDATE tracking_servers SET lease = @lease, lease_until = @until
                WHERE id = @server AND (lease IS NULL OR lease = @lease OR lease_until < @now)
                """,
                [("server", server), ("lease", lease), ("until", now + LeaseTime), ("now", now)]).ConfigureAwait(false) == 1;
        },
        cancellationToken);

    /// <summary>Gives the lease back.</summary>
    public Task ReleaseAsync(string lease, CancellationToken cancellationToken) => database.WriteIdempotentAsync(
        session => session.ExecuteAsync(
            "UPDATE tracking_servers SET lease = NULL WHERE id = @server AND lease = @lease", [("server", server), ("lease", lease)]),
        cancellationToken);

    /// <summary>Says that this process is still at work.</summary>
    /// <exception cref="LostLeaseException">Another process took over.</exception>
    public Task RenewAsync(string lease, CancellationToken cancellationToken) =>
        ChangeAsync(lease, _ => Task.CompletedTask, cancellationToken);

    /// <summary>Keeps how far a training is mirrored.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="item">The training, with what is to be kept.</param>
    /// <param name="isDone">Whether its change is dealt with.</param>
    /// <param name="error">Why not, or not wholly; null for nothing.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LostLeaseException">Another process took over.</exception>
    public Task KeepAsync(string lease, TrackedItem item, bool isDone, string? error, CancellationToken cancellationToken) => ChangeAsync(
        lease,
        session => session.ExecuteAsync(
            """
            INSERT INTO tracking_outbox (server, kind, item, done, ids, attempts, retry_at, error)
            VALUES (@server, @kind, @item, @done, @ids, @attempts, @retryAt, @error)
            ON CONFLICT (server, kind, item) DO UPDATE
            SET done = CASE WHEN excluded.done > tracking_outbox.done THEN excluded.done ELSE tracking_outbox.done END,
                ids = excluded.ids, attempts = excluded.attempts, retry_at = excluded.retry_at, error = excluded.error
            """,
            [
                ("server", server), ("kind", item.Kind), ("item", item.Id), ("done", isDone ? item.Change : 0), ("ids", item.Ids),
                ("attempts", item.Attempts), ("retryAt", item.RetryAt), ("error", error),
            ]),
        cancellationToken);

    private async Task ChangeAsync(string lease, Func<DatabaseSession, Task> change, CancellationToken cancellationToken) =>
        await database.WriteIdempotentAsync(
            async session =>
            {
                if (await session.ExecuteAsync(
                    "UPDATE tracking_servers SET lease_until = @until WHERE id = @server AND lease = @lease",
                    [("server", server), ("lease", lease), ("until", time.GetUtcMicroseconds() + LeaseTime)]).ConfigureAwait(false) == 0)
                {
                    throw new LostLeaseException();
                }

                await change(session).ConfigureAwait(false);
                return 0;
            },
            cancellationToken).ConfigureAwait(false);

    private static Task<List<TrackedItem>> QueryAsync(DatabaseSession session, string sql, string kind, SqlParameters parameters) =>
        session.QueryAsync(sql, parameters, row => new TrackedItem
        {
            Kind = kind,
            Id = row.GetFieldValue<long>(0),
            Change = row.GetFieldValue<long>(1),
            Since = row.GetFieldValue<DateTimeOffset>(2),
            Ids = row.IsDBNull(3) ? "{}" : row.GetFieldValue<string>(3),
            Attempts = row.IsDBNull(4) ? 0 : row.GetFieldValue<int>(4),
            RetryAt = row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
            Error = row.IsDBNull(6) ? null : row.GetFieldValue<string>(6),
        });
}

/// <summary>Another process mirrors to the server now.</summary>
internal sealed class LostLeaseException : Exception;
