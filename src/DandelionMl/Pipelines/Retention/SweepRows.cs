using DandelionMl.Data;
using DandelionMl.Pipelines.Rows;

namespace DandelionMl.Pipelines.Retention;

/// <summary>Which rows of a pipeline's runs go, and their end. The caller holds the pipeline's lock.</summary>
internal static class SweepRows
{
    public const int RunsPerBatch = SqlRows.BatchSize;

    public const int LinesPerBatch = 2_000;

    /// <summary>Runs that have ended and are not their pipeline's newest.</summary>
    private const string IsPast =
        $"""
        r.pipeline = @pipeline
        AND r.state NOT IN ('{PipelineStateText.Queued}', '{PipelineStateText.Running}', '{PipelineStateText.Waiting}')
        AND r.id < (SELECT MAX(n.id) FROM pipeline_runs n WHERE n.pipeline = @pipeline)
        """;

    /// <summary>Deletes at most so many runs and lines as a batch has.</summary>
    public static async Task<SweptBatch> DeleteAsync(DatabaseSession session, string pipeline, PipelineOptions options, DateTimeOffset now)
    {
        var old = await FindOldAsync(session, pipeline, options, now).ConfigureAwait(false);
        var lines = await DeleteLinesAsync(session, old).ConfigureAwait(false);
        if (lines == LinesPerBatch)
        {
            return new SweptBatch(new Swept(0, lines), IsMoreLeft: true);
        }

        await DeleteRunsAsync(session, old).ConfigureAwait(false);
        var logged = await FindOldLogsAsync(session, pipeline, options, now).ConfigureAwait(false);
        var oldLines = await DeleteLinesAsync(session, logged).ConfigureAwait(false);
        var isMoreLeft = old.Count == RunsPerBatch || logged.Count == RunsPerBatch || oldLines == LinesPerBatch;
        return new SweptBatch(new Swept(old.Count, lines + oldLines), isMoreLeft);
    }

    /// <summary>The oldest of the runs that are no longer kept and that no other run was started by.</summary>
    private static async Task<List<long>> FindOldAsync(
        DatabaseSession session, string pipeline, PipelineOptions options, DateTimeOffset now)
    {
        var limits = new List<string>();
        if (options.RunRetention > TimeSpan.Zero)
        {
            limits.Add("r.finished_at < @before");
        }

        if (options.MaxRuns > 0)
        {
            limits.Add("r.id <= (SELECT k.id FROM pipeline_runs k WHERE k.pipeline = @pipeline ORDER BY k.id DESC LIMIT 1 OFFSET @kept)");
        }

        return limits.Count == 0 ? [] : await session.QueryAsync(
            $"""
            SELECT r.id FROM pipeline_runs r
            WHERE {IsPast} AND ({string.Join(" OR ", limits)})
                AND NOT EXISTS (SELECT 1 FROM pipeline_triggers t WHERE t.source_run_id = r.id)
            ORDER BY r.id LIMIT {RunsPerBatch}
            """,
            [("pipeline", pipeline), ("before", now - options.RunRetention), ("kept", options.MaxRuns)],
            static row => row.GetFieldValue<long>(0)).ConfigureAwait(false);
    }

    private static async Task<List<long>> FindOldLogsAsync(
        DatabaseSession session, string pipeline, PipelineOptions options, DateTimeOffset now) =>
        options.LogRetention == TimeSpan.Zero ? [] : await session.QueryAsync(
            $"""
            SELECT r.id FROM pipeline_runs r
            WHERE {IsPast} AND r.finished_at < @before AND EXISTS (SELECT 1 FROM pipeline_log l WHERE l.run_id = r.id)
            ORDER BY r.id LIMIT {RunsPerBatch}
            """,
            [("pipeline", pipeline), ("before", now - options.LogRetention)],
            static row => row.GetFieldValue<long>(0)).ConfigureAwait(false);

    private static async Task<int> DeleteLinesAsync(DatabaseSession session, List<long> runs)
    {
        var ids = Rows(runs);
        return ids.IsEmpty ? 0 : await session.ExecuteAsync(
            $"""
            DELETE FROM pipeline_log WHERE (run_id, number) IN (
                SELECT run_id, number FROM pipeline_log WHERE run_id IN (VALUES {ids}) LIMIT {LinesPerBatch})
            """,
            ids.Parameters).ConfigureAwait(false);
    }

    private static async Task DeleteRunsAsync(DatabaseSession session, List<long> runs)
    {
        var ids = Rows(runs);
        if (!ids.IsEmpty)
        {
            await session.ExecuteAsync($"DELETE FROM pipeline_triggers WHERE run_id IN (VALUES {ids})", ids.Parameters).ConfigureAwait(false);
            await session.ExecuteAsync($"DELETE FROM pipeline_steps WHERE run_id IN (VALUES {ids})", ids.Parameters).ConfigureAwait(false);
            await session.ExecuteAsync($"DELETE FROM pipeline_runs WHERE id IN (VALUES {ids})", ids.Parameters).ConfigureAwait(false);
        }
    }

    private static SqlRows Rows(List<long> runs)
    {
        var rows = new SqlRows();
        runs.ForEach(id => rows.Add(id));
        return rows;
    }
}
