using DandelionMl.AspNetCore.Traffic;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.AspNetCore.Tests.Traffic;

public sealed class RecentRequestsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 3, 6, 12, 30, 0, TimeSpan.Zero));
    private readonly RecentRequests _requests;

    public RecentRequestsTests() => _requests = new RecentRequests(_time);

    [Fact]
    public void List_has_the_hours_up_to_now()
    {
        var hours = _requests.List();

        Assert.Equal(24, hours.Count);
        Assert.Equal(new DateTimeOffset(2030, 3, 5, 13, 0, 0, TimeSpan.Zero), hours[0].At);
        Assert.Equal(new DateTimeOffset(2030, 3, 6, 12, 0, 0, TimeSpan.Zero), hours[^1].At);
        Assert.All(hours, hour => Assert.Equal((0, 0), (hour.Predictions, hour.Others)));
    }

    [Fact]
    public void Count_tells_predictions_errors_and_refusals_apart()
    {
        _requests.Count(isPrediction: true, 200, TimeSpan.FromMilliseconds(40));
        _requests.Count(isPrediction: true, 503, TimeSpan.FromMilliseconds(1));
        _requests.Count(isPrediction: true, 429, TimeSpan.FromMilliseconds(1));
        _requests.Count(isPrediction: false, 500, TimeSpan.FromMilliseconds(1));
        _requests.Count(isPrediction: false, 404, TimeSpan.FromMilliseconds(1));

        var now = _requests.List()[^1];
        Assert.Equal((3, 2, 1, 2), (now.Predictions, now.Others, now.Errors, now.Refusals));
    }

    [Fact]
    public void Hours_older_than_a_day_are_forgotten()
    {
        _requests.Count(isPrediction: true, 200, TimeSpan.Zero);
        _time.AdjustTime(_time.GetUtcNow().AddHours(23));
        Assert.Equal(1, _requests.List()[0].Predictions);

        _time.AdjustTime(_time.GetUtcNow().AddHours(1));
        Assert.Equal(0, _requests.List().Sum(hour => hour.Predictions));
        _requests.Count(isPrediction: true, 200, TimeSpan.Zero);
        Assert.Equal(1, _requests.List()[^1].Predictions);
    }

    [Fact]
    public void Quantile_is_the_bound_below_which_the_share_lies()
    {
        foreach (var milliseconds in Enumerable.Range(1, 100))
        {
            _requests.Count(isPrediction: true, 200, TimeSpan.FromMilliseconds(milliseconds));
        }

        // One that was not answered is none that was answered fast.
        _requests.Count(isPrediction: true, 503, TimeSpan.Zero);
        var hours = _requests.List();

        Assert.Equal(TimeSpan.FromMilliseconds(50), RequestHour.Quantile(hours, 0.5));
        Assert.Equal(TimeSpan.FromMilliseconds(100), RequestHour.Quantile(hours, 0.99));
        Assert.Null(RequestHour.Quantile([], 0.5));
        _requests.Count(isPrediction: true, 200, TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.MaxValue, RequestHour.Quantile(_requests.List(), 1));
    }
}
