using System.Globalization;

namespace DandelionMl.Pipelines.Execution;

/// <summary>An attempt at a step took longer than <see cref="PipelineStep.Timeout"/>.</summary>
internal sealed class StepTimedOutException(TimeSpan timeout, Exception? innerException)
    : DandelionMlException(ReasonOf(timeout).ToString(), innerException)
{
    public Reason Reason { get; } = ReasonOf(timeout);

    private static Reason ReasonOf(TimeSpan timeout) => new("TimedOut", timeout.ToString("c", CultureInfo.InvariantCulture));
}
