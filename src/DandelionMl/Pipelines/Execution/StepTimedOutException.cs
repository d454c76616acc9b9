using System.Globalization;

namespace DandelionMl.Pipelines.Execution;

/// <summary>An attempt at a step took longer than <see cref="PipelineStep.Timeout"/>.</summary>
internal sealed class StepTimedOutException(TimeSpan timeout, Exception? innerException)
    : DandelionMlException(string.Create(CultureInfo.InvariantCulture, $"It took longer than its time-out of {timeout:c}."), innerException);
