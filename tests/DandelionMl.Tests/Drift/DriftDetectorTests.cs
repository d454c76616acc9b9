using DandelionMl.Drift.Detection;

namespace DandelionMl.Tests.Drift;

public sealed class DriftDetectorTests
{
    private static readonly DriftRules Rules = new(365_000, TimeSpan.Zero);

    private static readonly DateTimeOffset Start = new(2030, 3, 6, 12, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(1);
    private readonly DriftState _state = new() { Since = Start };

    [Fact]
    public void Bound_of_a_rank_shrinks_with_the_photos_it_is_compared_with()
    {
        Assert.Equal(1, MeanBound.OfRank(0));
        Assert.Equal(0.5 + (3.09 / Math.Sqrt(1_200)), MeanBound.OfRank(100), 12);
    }

    // The share at which so few, or fewer, come once in ten thousand, from the binomial sum.
    [Theory]
    [InlineData(0, 300, 0.030235)]
    [InlineData(30, 300, 0.178861)]
    [InlineData(150, 300, 0.607660)]
    [InlineData(300, 300, 1)]
    public void Bound_of_a_share_is_that_of_clopper_and_pearson(int count, int photos, double bound) =>
        Assert.Equal(bound, MeanBound.OfShare(count, photos), 4);

    [Fact]
    public void Add_raises_false_alarms_no_more_often_than_promised()
    {
        // The worst that is no shift: the mean rank is at its bound. A hundred times the photos that pass before a false alarm.
        const int Few = 10_000;
        var alarms = 0;
        for (var photo = 0; photo < 100 * Few; photo++)
        {
            var wealth = _state.Familiarity.Wealth;
            EDetector.Add(wealth, _random.NextDouble() < 0.6 ? 1 / 0.6 : 0);
            if (EDetector.Value(wealth) >= Few)
            {
                alarms++;
                Array.Clear(wealth);
            }
        }

        // A hundred are expected at most, with a standard deviation of about ten.
        Assert.InRange(alarms, 1, 130);
    }

    [Fact]
    public void Add_tells_of_photos_that_became_strange()
    {
        Serve(2_000, 0, 1);
        Assert.Null(_state.Alarm);
        Assert.InRange(DriftDetector.Evidence(_state), 0, Rules.Threshold / 10);

        var served = 0;
        for (; _state.Alarm is null && served < 1_000; served++)
        {
            Serve(1, 0.4, 1, hours: 1);
        }

        Assert.InRange(served, 20, 300);
        Assert.Equal(DriftKind.Unfamiliar, _state.Alarm!.Kind);
        Assert.Null(_state.Alarm.Label);
        Assert.InRange(_state.Alarm.Since, Start.AddHours(1), Start.AddHours(1));
        Assert.InRange(_state.RecentRank!.Value, 0.6, 0.8);
    }

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(0.1, false)]
    public void Add_tells_of_a_class_that_comes_more_or_less_often(double share, bool isMore)
    {
        var (kind, opposite) = isMore ? (DriftKind.More, DriftKind.Fewer) : (DriftKind.Fewer, DriftKind.More);
        for (var photo = 0; photo < 600; photo++)
        {
            ServeOf(_random.NextDouble() switch { < 0.5 => "dandelion", < 0.8 => "grass", _ => "clover" });
        }

        Assert.Null(_state.Alarm);
        var served = 0;
        for (; _state.Alarm is null && served < 1_000; served++)
        {
            ServeOf(_random.NextDouble() < share ? "dandelion" : _random.NextDouble() < 0.6 ? "grass" : "clover");
        }

        Assert.InRange(served, 10, 400);
        Assert.Contains((_state.Alarm!.Kind, _state.Alarm.Label), new (DriftKind, string?)[] { (kind, "dandelion"), (opposite, "grass"), (opposite, "clover") });
    }

    [Fact]
    public void Add_takes_a_mix_of_classes_for_usual_that_is_the_same_from_the_start()
    {
        for (var photo = 0; photo < 5_000; photo++)
        {
            ServeOf(_random.NextDouble() < 0.95 ? "dandelion" : "grass");
        }

        Assert.Null(_state.Alarm);
    }

    [Fact]
    public void Add_takes_one_person_s_photos_for_one()
    {
        var rules = Rules with { BurstInterval = TimeSpan.FromMinutes(1) };
        var at = Start;
        for (var photo = 0; photo < 1_000; photo++)
        {
            at += TimeSpan.FromMinutes(2);
            DriftDetector.Add(_state, _random.Next(2) == 0 ? "dandelion" : "grass", new FamiliarityRank(_random.NextDouble(), MeanBound.OfRank(100)), at, rules);
        }

        // A folder of five hundred strange photos, all of one class.
        at += TimeSpan.FromMinutes(2);
        for (var photo = 0; photo < 500; photo++)
        {
            DriftDetector.Add(_state, "dandelion", new FamiliarityRank(1, MeanBound.OfRank(100)), at.AddSeconds(photo / 10.0), rules);
        }

        DriftDetector.EndBurst(_state, at.AddHours(1), rules);
        Assert.Null(_state.Alarm);
        Assert.Equal(1_500, _state.Photos);
        Assert.InRange(DriftDetector.Evidence(_state), 0, Rules.Threshold / 100);
    }

    [Fact]
    public void Restart_watches_anew_and_remembers_the_alarm()
    {
        while (_state.Alarm is null)
        {
            Serve(1, 0.5, 1);
        }

        var photos = _state.Photos;
        Serve(10, 0.5, 1);
        Assert.Equal(photos, _state.Alarm.Photos);
        var anew = DriftDetector.Restart(_state, "anna", Start.AddDays(1));

        Assert.Equal((null, _state.Alarm, "anna", 0), (anew.Alarm, anew.LastAlarm, anew.AcknowledgedBy, anew.Photos));
        Assert.Equal(0, DriftDetector.Evidence(anew));
        Assert.Empty(anew.Usual);
    }

    private void Serve(int photos, double low, double high, int hours = 0)
    {
        for (; photos > 0; photos--)
        {
            var rank = new FamiliarityRank(low + ((high - low) * _random.NextDouble()), MeanBound.OfRank(100));
            DriftDetector.Add(_state, "dandelion", rank, Start.AddHours(hours), Rules);
            DriftDetector.EndBurst(_state, Start.AddHours(hours), Rules);
        }
    }

    private void ServeOf(string label) => DriftDetector.Add(
        _state, label, new FamiliarityRank(_random.NextDouble(), MeanBound.OfRank(100)), Start, Rules);
}
