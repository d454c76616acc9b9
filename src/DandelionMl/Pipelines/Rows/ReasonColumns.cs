using System.Data.Common;

namespace DandelionMl.Pipelines.Rows;

/// <summary>The columns <c>reason</c> and <c>reason_code</c>.</summary>
internal static class ReasonColumns
{
    /// <summary>Its words, fit to be kept.</summary>
    public static string? Words(this Reason? reason) => reason is null ? null : PipelineText.Clean(reason.ToString());

    /// <summary>Reads it from two columns.</summary>
    public static Reason? GetReasonOrNull(this DbDataReader row, int words, int code) =>
        row.GetTextOrNull(words) is { } text ? Reason.Read(row.GetTextOrNull(code), text) : null;
}
