using System.Data.Common;
using System.Diagnostics;
using DandelionMl.Data;

namespace DandelionMl.Pipelines.Rows;

/// <summary>The rows of <c>pipeline_triggers</c>: why there is a run.</summary>
internal static class TriggerRows
{
    private const string Manual = "manual";
    private const string Schedule = "schedule";
    private const string Pipeline = "pipeline";
    private const string Retry = "retry";

    public static Task InsertAsync(DatabaseSession session, long runId, string pipeline, PipelineTrigger trigger) => session.ExecuteAsync(
        """
        INSERT INTO pipeline_triggers (run_id, pipeline, kind, at, started_by, scheduled_for, source_run_id, traceparent)
        VALUES (@runId, @pipeline, @kind, @at, @startedBy, @scheduledFor, @sourceRunId, @traceparent)
        """,
        [
            ("runId", runId),
            ("pipeline", pipeline),
            ("kind", TextOf(trigger.Kind)),
            ("at", trigger.At),
            ("startedBy", trigger.StartedBy),
            ("scheduledFor", trigger.ScheduledFor),
            ("sourceRunId", trigger.SourceRunId),
            ("traceparent", Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: var id } ? id : null),
        ]);

    public static async Task<ILookup<long, PipelineTrigger>> SelectAsync(DatabaseSession session, IReadOnlyList<PipelineRun> runs)
    {
        var ids = new SqlRows();
        foreach (var run in runs)
        {
            ids.Add(run.Id);
        }

        var triggers = await session.QueryAsync(
            $"""
            SELECT run_id, kind, at, started_by, scheduled_for, source_run_id, traceparent
            FROM pipeline_triggers WHERE run_id IN (VALUES {ids}) ORDER BY id
            """,
            ids.Parameters,
            static row => (Run: row.GetFieldValue<long>(0), Trigger: Read(row))).ConfigureAwait(false);
        return triggers.ToLookup(trigger => trigger.Run, trigger => trigger.Trigger);
    }

    private static PipelineTrigger Read(DbDataReader row) => new(
        Parse(row.GetFieldValue<string>(1)),
        row.GetFieldValue<DateTimeOffset>(2),
        row.GetTextOrNull(3),
        row.GetTimeOrNull(4),
        row.GetNumberOrNull(5))
    {
        TraceParent = row.GetTextOrNull(6),
    };

    private static string TextOf(PipelineTriggerKind kind) => kind switch
    {
        PipelineTriggerKind.Manual => Manual,
        PipelineTriggerKind.Schedule => Schedule,
        PipelineTriggerKind.Pipeline => Pipeline,
        PipelineTriggerKind.Retry => Retry,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An unknown kind."),
    };

    private static PipelineTriggerKind Parse(string text) => text switch
    {
        Manual => PipelineTriggerKind.Manual,
        Schedule => PipelineTriggerKind.Schedule,
        Pipeline => PipelineTriggerKind.Pipeline,
        Retry => PipelineTriggerKind.Retry,
        _ => throw new InvalidOperationException($"The database holds a trigger of the unknown kind '{text}'."),
    };
}
