using DandelionMl.AspNetCore.Pages.Monitoring;
using DandelionMl.AspNetCore.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.AspNetCore.Tests.Pages.Monitoring;

public sealed class TrafficFiguresTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 3, 6, 12, 30, 0, TimeSpan.Zero));
    private readonly RecentRequests _requests;

    public TrafficFiguresTests() => _requests = new RecentRequests(_time);

    [Fact]
    public void Bars_are_of_each_hour_of_the_day()
    {
        foreach (var milliseconds in new[] { 40, 40, 40, 900 })
        {
            _requests.Count(isPrediction: true, 200, TimeSpan.FromMilliseconds(milliseconds));
        }

        _requests.Count(isPrediction: false, 200, TimeSpan.FromSeconds(9));
        var figures = new TrafficFigures(_requests.List());
        var now = new DateTimeOffset(2030, 3, 6, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal((48, 48), (figures.Counts().Count(), figures.Times().Count()));
        Assert.Equal([new HourBar(now, 0, 4), new HourBar(now, 1, 1)], figures.Counts().Where(bar => bar.Value > 0));

        // The median, and on it what is more of 99 of 100: the upper bounds that are told apart.
        Assert.Equal([new HourBar(now, 0, 0.05), new HourBar(now, 1, 0.95)], figures.Times().Where(bar => bar.Value > 0));
    }

    [Fact]
    public void Time_beyond_the_longest_is_drawn_as_that()
    {
        _requests.Count(isPrediction: true, 200, TimeSpan.FromMinutes(2));

        Assert.Equal(30, new TrafficFigures(_requests.List()).Times().Sum(bar => bar.Value));
    }
}
