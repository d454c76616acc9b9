using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests;

public sealed class RepetitionsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void IsToTell_first_time_and_then_once_a_minute_with_how_often_it_came()
    {
        var repetitions = new Repetitions(_time);

        Assert.True(repetitions.IsToTell("a", out var times));
        Assert.Equal(1, times);
        for (var i = 0; i < 1_000; i++)
        {
            Assert.False(repetitions.IsToTell("a", out _));
        }

        Assert.True(repetitions.IsToTell("b", out _));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(repetitions.IsToTell("a", out times));
        Assert.Equal(1_001, times);
    }
}
