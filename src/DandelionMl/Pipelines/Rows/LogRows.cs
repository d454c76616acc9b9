using System.Data.Common;
using DandelionMl.Data;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Pipelines.Rows;

/// <summary>The rows of <c>pipeline_log</c>.</summary>
internal static class LogRows
{
    private const string Information = "information";
    private const string Warning = "warning";
    private const string Error = "error";

    /// <summary>Keeps lines; those that are kept already are left as they are.</summary>
    public static async Task InsertAsync(DatabaseSession session, IReadOnlyList<PipelineLogLine> lines)
    {
        foreach (var batch in lines.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var line in batch)
            {
                rows.Add(line.RunId, line.Number, line.Step, line.At, TextOf(line.Level), line.Text);
            }

            await session.ExecuteAsync(
                $"""
                INSERT INTO pipeline_log (run_id, number, step, at, level, text) VALUES {rows}
                ON CONFLICT (run_id, number) DO NOTHING
                """,
                rows.Parameters).ConfigureAwait(false);
        }
    }

    public static Task<long> LastNumberAsync(DatabaseSession session, long runId) =>
        session.ScalarAsync<long>("SELECT MAX(number) FROM pipeline_log WHERE run_id = @runId", [("runId", runId)]);

    public static Task<List<PipelineLogLine>> SelectAsync(DatabaseSession session, long runId, long after, int limit) => session.QueryAsync(
        """
        SELECT run_id, number, step, at, level, text FROM pipeline_log
        WHERE run_id = @runId AND number > @after ORDER BY number LIMIT @limit
        """,
        [("runId", runId), ("after", after), ("limit", limit)],
        Read);

    private static PipelineLogLine Read(DbDataReader row) => new(
        row.GetFieldValue<long>(0),
        row.GetFieldValue<long>(1),
        row.GetTextOrNull(2),
        row.GetFieldValue<DateTimeOffset>(3),
        row.GetFieldValue<string>(4) switch { Error => LogLevel.Error, Warning => LogLevel.Warning, _ => LogLevel.Information },
        row.GetFieldValue<string>(5));

    private static string TextOf(LogLevel level) => level switch
    {
        LogLevel.Error => Error,
        LogLevel.Warning => Warning,
        _ => Information,
    };
}
