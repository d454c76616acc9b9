namespace DandelionMl.Pipelines.Execution;

/// <summary>How long after a failure a step is tried again. Thread-safe.</summary>
/// <param name="random">A number from 0 to below 1, another one each time.</param>
internal sealed class RetryBackoff(Func<double> random)
{
    /// <summary>The most that chance adds, as a part of the delay: what failed together is not tried again together.</summary>
    private const double Jitter = 0.1;

    /// <param name="step">The step.</param>
    /// <param name="failures">How many attempts have failed, from 1.</param>
    public TimeSpan After(PipelineStep step, int failures)
    {
        var longest = Math.Max(step.MaxRetryDelay.TotalMilliseconds, step.RetryDelay.TotalMilliseconds);
        var delay = Math.Min(step.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Max(failures, 1) - 1), longest);
        return TimeSpan.FromMilliseconds(Math.Round(delay * (1 + (Jitter * random()))));
    }
}
