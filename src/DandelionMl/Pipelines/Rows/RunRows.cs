using System.Data.Common;
using DandelionMl.Data;

namespace DandelionMl.Pipelines.Rows;

/// <summary>The rows of <c>pipeline_runs</c>, read with their steps and triggers.</summary>
internal static class RunRows
{
    private const string Columns =
        """
        id, pipeline, state, attempt, parameters, created_at, started_at, finished_at, retry_at, reason, owner, heartbeat_at,
        cancel_requested_by, idempotency_key, run_group, caller_lease_seconds, caller_lease_until, reason_code
        """;

    private const string IsOpen = $"state IN ('{PipelineStateText.Queued}', '{PipelineStateText.Running}', '{PipelineStateText.Waiting}')";

    /// <exception cref="PipelineRunNotFoundException">The run was not found.</exception>
    public static async Task<PipelineRun> GetAsync(DatabaseSession session, long id) =>
        await FindAsync(session, id).ConfigureAwait(false) ?? throw new PipelineRunNotFoundException(id);

    public static async Task<PipelineRun?> FindAsync(DatabaseSession session, long id) =>
        (await SelectAsync(session, "WHERE id = @id", [("id", id)]).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>The run of a pipeline that is active, else the one that is queued.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="endingIn">Runs of this group that are to be cancelled don't count; null for all count.</param>
    public static async Task<PipelineRun?> FindOpenAsync(DatabaseSession session, string pipeline, string? endingIn = null) => (await SelectAsync(
        session,
        $"""
        WHERE pipeline = @pipeline AND {IsOpen}
            AND (cancel_requested_by IS NULL OR run_group IS NULL OR run_group <> @group)
        ORDER BY CASE state WHEN '{PipelineStateText.Queued}' THEN 1 ELSE 0 END
        LIMIT 1
        """,
        [("pipeline", pipeline), ("group", endingIn ?? "")]).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>The runs of a pipeline in a group that have not ended.</summary>
    public static Task<List<PipelineRun>> ListOpenAsync(DatabaseSession session, string pipeline, string group) => SelectAsync(
        session, $"WHERE pipeline = @pipeline AND {IsOpen} AND run_group = @group ORDER BY id", [("pipeline", pipeline), ("group", group)]);

    /// <summary>The run of a pipeline that was started with a key.</summary>
    public static async Task<PipelineRun?> FindByKeyAsync(DatabaseSession session, string pipeline, string key) => (await SelectAsync(
        session,
        "WHERE pipeline = @pipeline AND idempotency_key = @key",
        [("pipeline", pipeline), ("key", key)]).ConfigureAwait(false)).SingleOrDefault();

    public static Task<long?> FindQueuedAsync(DatabaseSession session, string pipeline) => session.ScalarAsync<long?>(
        $"SELECT id FROM pipeline_runs WHERE pipeline = @pipeline AND state = '{PipelineStateText.Queued}'",
        [("pipeline", pipeline)]);

    public static Task<List<PipelineRun>> ListAsync(
        DatabaseSession session, string? pipeline, PipelineState? state, long? before, int limit)
    {
        var conditions = new List<string>();
        Add(pipeline is not null, "pipeline = @pipeline");
        Add(state is not null, "state = @state");
        Add(before is not null, "id < @before");
        var where = conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}";
        return SelectAsync(
            session,
            $"{where} ORDER BY id DESC LIMIT @limit",
            [
                ("pipeline", pipeline), ("state", state is { } wanted ? PipelineStateText.Of(wanted) : null),
                ("before", before ?? 0), ("limit", limit),
            ]);

        void Add(bool isAsked, string condition)
        {
            if (isAsked)
            {
                conditions.Add(condition);
            }
        }
    }

    /// <summary>The runs that a run has triggered, or joined, the oldest first.</summary>
    public static Task<List<PipelineRun>> ListTriggeredAsync(DatabaseSession session, long runId) => SelectAsync(
        session, "WHERE id IN (SELECT run_id FROM pipeline_triggers WHERE source_run_id = @runId) ORDER BY id", [("runId", runId)]);

    public static async Task<long> InsertQueuedAsync(
        DatabaseSession session, PipelineDefinition pipeline, IReadOnlyDictionary<string, string> parameters, StartTerms terms, DateTimeOffset now)
    {
        var id = await session.ScalarAsync<long>(
            $"""
            INSERT INTO pipeline_runs (
                pipeline, state, attempt, parameters, created_at, idempotency_key, run_group, caller_lease_seconds, caller_lease_until)
            VALUES (@pipeline, '{PipelineStateText.Queued}', 1, @parameters, @now, @key, @group, @lease, @until)
            RETURNING id
            """,
            [
                ("pipeline", pipeline.Id), ("parameters", PipelineJson.Write(parameters)), ("now", now), ("key", terms.Key),
                ("group", terms.Group), ("lease", Seconds(terms.Lease)), ("until", now + terms.Lease),
            ]).ConfigureAwait(false);
        await StepRows.InsertAsync(session, id, pipeline.Steps, terms, now).ConfigureAwait(false);
        return id;
    }

    /// <summary>Gives a run a lease from now on, or none.</summary>
    public static Task SetLeaseAsync(DatabaseSession session, long id, TimeSpan? lease, DateTimeOffset now) => session.ExecuteAsync(
        "UPDATE pipeline_runs SET caller_lease_seconds = @seconds, caller_lease_until = @until WHERE id = @id",
        [("id", id), ("seconds", Seconds(lease)), ("until", lease is null ? null : now + lease)]);

    /// <summary>Has the lease of a run that has not ended last from now on, if it has one.</summary>
    public static Task RenewAsync(DatabaseSession session, PipelineRun run, DateTimeOffset now) => session.ExecuteAsync(
        $"UPDATE pipeline_runs SET caller_lease_until = @until WHERE id = @id AND caller_lease_until < @until AND {IsOpen}",
        [("id", run.Id), ("until", now + run.Lease)]);

    /// <summary>The runs whose lease is over, and that nobody has cancelled yet.</summary>
    public static Task<List<PipelineRun>> ListExpiredAsync(DatabaseSession session, DateTimeOffset now) => SelectAsync(
        session, $"WHERE {IsOpen} AND cancel_requested_by IS NULL AND caller_lease_until < @now ORDER BY id", [("now", now)]);

    /// <summary>Ends a run. What it has not begun, or not ended, is ended with it.</summary>
    public static async Task EndAsync(DatabaseSession session, long id, PipelineState state, Reason? reason, DateTimeOffset now)
    {
        await session.ExecuteAsync(
            "UPDATE pipeline_runs SET state = @state, reason = @reason, reason_code = @code, finished_at = @now, retry_at = NULL WHERE id = @id",
            [("id", id), ("state", PipelineStateText.Of(state)), ("reason", reason.Words()), ("code", reason?.Write()), ("now", now)]).ConfigureAwait(false);
        var rest = state == PipelineState.Skipped ? PipelineState.Skipped : PipelineState.Cancelled;
        await StepRows.EndRestAsync(session, id, rest, state == PipelineState.Failed ? null : reason, now).ConfigureAwait(false);
    }

    private static int? Seconds(TimeSpan? lease) => lease is { } time ? (int)time.TotalSeconds : null;

    private static async Task<List<PipelineRun>> SelectAsync(DatabaseSession session, string where, SqlParameters parameters)
    {
        var runs = await session.QueryAsync($"SELECT {Columns} FROM pipeline_runs {where}", parameters, Read).ConfigureAwait(false);
        if (runs.Count == 0)
        {
            return runs;
        }

        var steps = await StepRows.SelectAsync(session, runs).ConfigureAwait(false);
        var triggers = await TriggerRows.SelectAsync(session, runs).ConfigureAwait(false);
        return [.. runs.Select(run => run with { Steps = [.. steps[run.Id]], Triggers = [.. triggers[run.Id]] })];
    }

    private static PipelineRun Read(DbDataReader row) => new()
    {
        Id = row.GetFieldValue<long>(0),
        Pipeline = row.GetFieldValue<string>(1),
        State = PipelineStateText.Parse(row.GetFieldValue<string>(2)),
        Attempt = row.GetFieldValue<int>(3),
        Parameters = PipelineJson.ReadParameters(row.GetFieldValue<string>(4)),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(5),
        StartedAt = row.GetTimeOrNull(6),
        FinishedAt = row.GetTimeOrNull(7),
        RetryAt = row.GetTimeOrNull(8),
        Reason = row.GetTextOrNull(9),
        Cause = row.GetReasonOrNull(9, 17),
        Owner = row.GetTextOrNull(10),
        HeartbeatAt = row.GetTimeOrNull(11),
        CancelRequestedBy = row.GetTextOrNull(12),
        Key = row.GetTextOrNull(13),
        Group = row.GetTextOrNull(14),
        Lease = row.IsDBNull(15) ? null : TimeSpan.FromSeconds(row.GetFieldValue<int>(15)),
        LeaseUntil = row.GetTimeOrNull(16),
        Steps = [],
        Triggers = [],
    };
}
