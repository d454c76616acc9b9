namespace DandelionMl.Pipelines.Execution;

/// <summary>How long after a failure a step is tried again. Thread-safe.</summary>
/// <param name="random">A number from 0 to below 1, another one each time.</param>
internal sealed class RetryBackoff(Func<double> random)
{
    /// <summary>The most that chance adds, as a part of the delay: what failed together is not tried again together.</summary>
    private const double Jitter = 0.1;

    /// <summary>No delay is longer, whatever a step asks for: a date has to stay one.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromDays(3_650);

    /// <summary>The longest that a step can have to wait for its next attempt.</summary>
    /// <param name="step">The step.</param>
    public static TimeSpan Longest(PipelineStep step) =>
        TimeSpan.FromMilliseconds(Math.Min(LongestMilliseconds(step) * (1 + Jitter), Most.TotalMilliseconds));

    /// <param name="step">The step.</param>
    /// <param name="failures">How many attempts have failed, from 1.</param>
    public TimeSpan After(PipelineStep step, int failures)
    {
        var delay = Math.Min(step.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Max(failures, 1) - 1), LongestMilliseconds(step));
        return TimeSpan.FromMilliseconds(Math.Min(Math.Round(delay * (1 + (Jitter * random()))), Most.TotalMilliseconds));
    }

    private static double LongestMilliseconds(PipelineStep step) =>
        Math.Max(step.MaxRetryDelay.TotalMilliseconds, step.RetryDelay.TotalMilliseconds);
}
