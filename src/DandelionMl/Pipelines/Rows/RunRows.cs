using System.Data.Common;
using DandelionMl.Data;

namespace DandelionMl.Pipelines.Rows;

/// <summary>The rows of <c>pipeline_runs</c>, read with their steps and triggers.</summary>
internal static class RunRows
{
    private const string Columns =
        """
        id, pipeline, state, attempt, parameters, created_at, started_at, finished_at, retry_at, reason, owner, heartbeat_at,
        cancel_requested_by
        """;

    /// <exception cref="PipelineRunNotFoundException">The run was not found.</exception>
    public static async Task<PipelineRun> GetAsync(DatabaseSession session, long id) =>
        await FindAsync(session, id).ConfigureAwait(false) ?? throw new PipelineRunNotFoundException(id);

    public static async Task<PipelineRun?> FindAsync(DatabaseSession session, long id) =>
        (await SelectAsync(session, "WHERE id = @id", [("id", id)]).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>The run of a pipeline that is active, else the one that is queued.</summary>
    public static async Task<PipelineRun?> FindOpenAsync(DatabaseSession session, string pipeline) => (await SelectAsync(
        session,
        $"""
        WHERE pipeline = @pipeline AND state IN ('{PipelineStateText.Queued}', '{PipelineStateText.Running}', '{PipelineStateText.Waiting}')
        ORDER BY CASE state WHEN '{PipelineStateText.Queued}' THEN 1 ELSE 0 END
        LIMIT 1
        """,
        [("pipeline", pipeline)]).ConfigureAwait(false)).SingleOrDefault();

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
        DatabaseSession session, PipelineDefinition pipeline, IReadOnlyDictionary<string, string> parameters, DateTimeOffset now)
    {
        var id = await session.ScalarAsync<long>(
            $"""
            INSERT INTO pipeline_runs (pipeline, state, attempt, parameters, created_at)
            VALUES (@pipeline, '{PipelineStateText.Queued}', 1, @parameters, @now)
            RETURNING id
            """,
            [("pipeline", pipeline.Id), ("parameters", PipelineJson.Write(parameters)), ("now", now)]).ConfigureAwait(false);
        await StepRows.InsertAsync(session, id, pipeline.Steps).ConfigureAwait(false);
        return id;
    }

    /// <summary>Ends a run. What it has not begun, or not ended, is ended with it.</summary>
    public static async Task EndAsync(DatabaseSession session, long id, PipelineState state, string? reason, DateTimeOffset now)
    {
        await session.ExecuteAsync(
            "UPDATE pipeline_runs SET state = @state, reason = @reason, finished_at = @now, retry_at = NULL WHERE id = @id",
            [("id", id), ("state", PipelineStateText.Of(state)), ("reason", reason), ("now", now)]).ConfigureAwait(false);
        var rest = state == PipelineState.Skipped ? PipelineState.Skipped : PipelineState.Cancelled;
        await StepRows.EndRestAsync(session, id, rest, state == PipelineState.Failed ? null : reason, now).ConfigureAwait(false);
    }

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
        Owner = row.GetTextOrNull(10),
        HeartbeatAt = row.GetTimeOrNull(11),
        CancelRequestedBy = row.GetTextOrNull(12),
        Steps = [],
        Triggers = [],
    };
}
