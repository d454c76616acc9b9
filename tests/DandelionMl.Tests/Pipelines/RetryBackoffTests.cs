using DandelionMl.Pipelines;
using DandelionMl.Pipelines.Execution;

namespace DandelionMl.Tests.Pipelines;

public sealed class RetryBackoffTests
{
    [Theory]
    [InlineData(60, 3600, 1, 60)]
    [InlineData(60, 3600, 2, 120)]
    [InlineData(60, 3600, 6, 1920)]
    [InlineData(60, 3600, 7, 3600)]
    [InlineData(60, 3600, 100, 3600)]
    [InlineData(7200, 3600, 1, 7200)]
    [InlineData(7200, 3600, 3, 7200)]
    [InlineData(60, 3600, 0, 60)]
    [InlineData(0, 3600, 5, 0)]
    public void Delay_doubles_with_each_failure_up_to_the_limit(int delay, int most, int failures, int expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), new RetryBackoff(() => 0).After(Step(delay, most), failures));

    [Theory]
    [InlineData(0.5, 63_000)]
    [InlineData(0.9999999, 66_000)]
    public void Chance_adds_up_to_a_tenth(double chance, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), new RetryBackoff(() => chance).After(Step(60, 3600), 1));

    private static PipelineStep Step(int delay, int most) => new("only", _ => Task.CompletedTask)
    {
        RetryDelay = TimeSpan.FromSeconds(delay), MaxRetryDelay = TimeSpan.FromSeconds(most),
    };
}
