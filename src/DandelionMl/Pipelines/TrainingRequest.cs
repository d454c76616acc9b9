using System.Globalization;
using DandelionMl.Registry;

namespace DandelionMl.Pipelines;

/// <summary>The <see cref="ModelRegistration.RequestId"/> of a version that a run of a pipeline trained.</summary>
internal static class TrainingRequest
{
    private const string Start = "pipeline ";
    private const string BeforeRun = ", run ";

    public static string Of(string pipeline, long runId) => string.Create(CultureInfo.InvariantCulture, $"{Start}{pipeline}{BeforeRun}{runId}");

    /// <returns>The run; null if it was none.</returns>
    public static long? FindRun(string? requestId) =>
        requestId is not null && requestId.StartsWith(Start, StringComparison.Ordinal)
        && requestId.LastIndexOf(BeforeRun, StringComparison.Ordinal) is > 0 and var at
        && long.TryParse(requestId.AsSpan(at + BeforeRun.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var runId)
            ? runId
            : null;
}
