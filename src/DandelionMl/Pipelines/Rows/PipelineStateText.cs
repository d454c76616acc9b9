namespace DandelionMl.Pipelines.Rows;

/// <summary>How the database writes a <see cref="PipelineState"/>. The texts stay as they are when the enumeration is renamed.</summary>
internal static class PipelineStateText
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Waiting = "waiting";
    public const string Succeeded = "succeeded";
    public const string Skipped = "skipped";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    public static string Of(PipelineState state) => state switch
    {
        PipelineState.Queued => Queued,
        PipelineState.Running => Running,
        PipelineState.Waiting => Waiting,
        PipelineState.Succeeded => Succeeded,
        PipelineState.Skipped => Skipped,
        PipelineState.Failed => Failed,
        PipelineState.Cancelled => Cancelled,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "An unknown state."),
    };

    public static PipelineState Parse(string text) => text switch
    {
        Queued => PipelineState.Queued,
        Running => PipelineState.Running,
        Waiting => PipelineState.Waiting,
        Succeeded => PipelineState.Succeeded,
        Skipped => PipelineState.Skipped,
        Failed => PipelineState.Failed,
        Cancelled => PipelineState.Cancelled,
        _ => throw new InvalidOperationException($"The database holds a pipeline's run or step in the unknown state '{text}'."),
    };
}
