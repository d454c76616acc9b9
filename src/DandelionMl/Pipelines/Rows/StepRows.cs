using System.Data.Common;
using DandelionMl.Data;

namespace DandelionMl.Pipelines.Rows;

/// <summary>The rows of <c>pipeline_steps</c>. Who changes one holds the run.</summary>
internal static class StepRows
{
    private const string NotDone = $"state NOT IN ('{PipelineStateText.Succeeded}', '{PipelineStateText.Skipped}')";

    private static readonly Reason _leftOut = new("LeftOut");

    /// <summary>Adds a run's steps. Those that it is started without are done from the start.</summary>
    public static async Task InsertAsync(
        DatabaseSession session, long runId, IReadOnlyList<PipelineStep> steps, StartTerms terms, DateTimeOffset now)
    {
        var rows = new SqlRows();
        for (var position = 0; position < steps.Count; position++)
        {
            rows.Add(runId, position, steps[position].Name, PipelineStateText.Queued, 0, steps[position].Retries + 1, "{}");
        }

        await session.ExecuteAsync(
            $"INSERT INTO pipeline_steps (run_id, position, name, state, attempt, attempts_left, output) VALUES {rows}", rows.Parameters).ConfigureAwait(false);
        foreach (var step in steps.Where(step => !terms.Includes(step.Name)))
        {
            await session.ExecuteAsync(
                $"""
                UPDATE pipeline_steps SET state = '{PipelineStateText.Skipped}', reason = @reason, reason_code = @code, finished_at = @now
                WHERE run_id = @runId AND name = @name
                """,
                [("runId", runId), ("name", step.Name), ("reason", _leftOut.Words()), ("code", _leftOut.Write()), ("now", now)]).ConfigureAwait(false);
        }
    }

    /// <summary>Has a run that has not begun do all of its steps.</summary>
    public static Task IncludeAllAsync(DatabaseSession session, long runId) => session.ExecuteAsync(
        $"""
        UPDATE pipeline_steps SET state = '{PipelineStateText.Queued}', reason = NULL, finished_at = NULL
        WHERE run_id = @runId AND state = '{PipelineStateText.Skipped}'
        """,
        [("runId", runId)]);

    public static Task BeginAsync(DatabaseSession session, long runId, PipelineStepRun step, DateTimeOffset now) => session.ExecuteAsync(
        $"""
        UPDATE pipeline_steps
        SET state = '{PipelineStateText.Running}', attempt = @attempt, attempts_left = @attemptsLeft, started_at = @now,
            finished_at = NULL, retry_at = NULL, reason = NULL
        WHERE run_id = @runId AND name = @name
        """,
        [("runId", runId), ("name", step.Name), ("attempt", step.Attempt), ("attemptsLeft", step.AttemptsLeft), ("now", now)]);

    /// <summary>Ends an attempt.</summary>
    /// <returns>Whether it had not been ended before.</returns>
    public static async Task<bool> EndAsync(
        DatabaseSession session, long runId, string name, PipelineState state, Reason? reason, DateTimeOffset now, DateTimeOffset? retryAt = null) =>
        await session.ExecuteAsync(
            $"""
            UPDATE pipeline_steps SET state = @state, reason = @reason, reason_code = @code, finished_at = @now, retry_at = @retryAt
            WHERE run_id = @runId AND name = @name AND state = '{PipelineStateText.Running}'
            """,
            [
                ("runId", runId), ("name", name), ("state", PipelineStateText.Of(state)), ("reason", reason.Words()), ("code", reason?.Write()),
                ("now", now), ("retryAt", retryAt),
            ]).ConfigureAwait(false) == 1;

    /// <summary>Gives back an attempt that was cut off on purpose.</summary>
    public static Task SetAttemptsLeftAsync(DatabaseSession session, long runId, string name, int attemptsLeft) => session.ExecuteAsync(
        "UPDATE pipeline_steps SET attempts_left = @attemptsLeft WHERE run_id = @runId AND name = @name",
        [("runId", runId), ("name", name), ("attemptsLeft", attemptsLeft)]);

    public static Task SetOutputAsync(DatabaseSession session, long runId, string name, string output) => session.ExecuteAsync(
        "UPDATE pipeline_steps SET output = @output WHERE run_id = @runId AND name = @name",
        [("runId", runId), ("name", name), ("output", output)]);

    public static async Task<bool> AnyQueuedAsync(DatabaseSession session, long runId) => await session.ScalarAsync<long>(
        $"SELECT COUNT(*) FROM pipeline_steps WHERE run_id = @runId AND state = '{PipelineStateText.Queued}'",
        [("runId", runId)]).ConfigureAwait(false) > 0;

    /// <summary>Ends what is not done of a run that ends.</summary>
    public static Task EndRestAsync(DatabaseSession session, long runId, PipelineState state, Reason? reason, DateTimeOffset now) =>
        session.ExecuteAsync(
            $"""
            UPDATE pipeline_steps
            SET state = @state, reason = COALESCE(reason, @reason), reason_code = CASE WHEN reason IS NULL THEN @code ELSE reason_code END,
                finished_at = @now, retry_at = NULL
            WHERE run_id = @runId AND {NotDone} AND state <> '{PipelineStateText.Failed}'
            """,
            [("runId", runId), ("state", PipelineStateText.Of(state)), ("reason", reason.Words()), ("code", reason?.Write()), ("now", now)]);

    /// <summary>Has the steps that are not done wait for their turn again, with all their attempts.</summary>
    public static async Task RequeueAsync(DatabaseSession session, long runId, IReadOnlyList<PipelineStep> steps)
    {
        foreach (var step in steps)
        {
            await session.ExecuteAsync(
                $"""
                UPDATE pipeline_steps
                SET state = '{PipelineStateText.Queued}', attempts_left = @attempts, retry_at = NULL, finished_at = NULL, reason = NULL
                WHERE run_id = @runId AND name = @name AND {NotDone}
                """,
                [("runId", runId), ("name", step.Name), ("attempts", step.Retries + 1)]).ConfigureAwait(false);
        }
    }

    public static async Task<ILookup<long, PipelineStepRun>> SelectAsync(DatabaseSession session, IReadOnlyList<PipelineRun> runs)
    {
        var ids = new SqlRows();
        foreach (var run in runs)
        {
            ids.Add(run.Id);
        }

        var steps = await session.QueryAsync(
            $"""
            SELECT run_id, name, state, attempt, attempts_left, started_at, finished_at, retry_at, reason, output, reason_code
            FROM pipeline_steps WHERE run_id IN (VALUES {ids}) ORDER BY run_id, position
            """,
            ids.Parameters,
            static row => (Run: row.GetFieldValue<long>(0), Step: Read(row))).ConfigureAwait(false);
        return steps.ToLookup(step => step.Run, step => step.Step);
    }

    private static PipelineStepRun Read(DbDataReader row) => new()
    {
        Name = row.GetFieldValue<string>(1),
        State = PipelineStateText.Parse(row.GetFieldValue<string>(2)),
        Attempt = row.GetFieldValue<int>(3),
        AttemptsLeft = row.GetFieldValue<int>(4),
        StartedAt = row.GetTimeOrNull(5),
        FinishedAt = row.GetTimeOrNull(6),
        RetryAt = row.GetTimeOrNull(7),
        Reason = row.GetTextOrNull(8),
        Cause = row.GetReasonOrNull(8, 10),
        Output = PipelineJson.ReadOutput(row.GetFieldValue<string>(9)),
    };
}
