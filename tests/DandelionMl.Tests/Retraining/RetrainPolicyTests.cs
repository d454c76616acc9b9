using DandelionMl.Retraining;

namespace DandelionMl.Tests.Retraining;

public sealed class RetrainPolicyTests
{
    private static readonly DateTimeOffset Now = new(2025, 3, 8, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0, false, "0 new photos, 10 needed")]
    [InlineData(4, 5, false, "9 new photos, 10 needed")]
    [InlineData(5, 5, true, "10 new photos, 10 needed")]
    public void Decide_counts_new_photos_of_all_classes(int dandelions, int grass, bool expected, string reason) =>
        Assert.Equal(new RetrainDecision(expected, reason, dandelions + grass, 10), new RetrainPolicy().Decide(New(dandelions, grass)));

    [Fact]
    public void Decide_forced_trains_and_says_so() =>
        Assert.Equal(new RetrainDecision(true, "forced; 0 new photos, 10 needed", 0, 10), new RetrainPolicy().Decide(New(0, 0, Now, isForced: true)));

    [Fact]
    public void Decide_class_with_too_few_waits_and_names_it()
    {
        var policy = new RetrainPolicy(new RetrainPolicyOptions { MinimumNewImagesPerClass = 3 });

        Assert.Equal(
            new RetrainDecision(false, "12 new photos, 10 needed, but only 2 of class 'dandelion', 3 needed", 12, 10), policy.Decide(New(2, 10)));
        Assert.True(policy.Decide(New(3, 10)).ShouldRetrain);
    }

    [Theory]
    [InlineData(-23, false)]
    [InlineData(-24, true)]
    public void Decide_before_the_interval_is_over_waits(int lastTrainedHours, bool expected)
    {
        var policy = new RetrainPolicy(new RetrainPolicyOptions { MinimumInterval = TimeSpan.FromDays(1) });

        var decision = policy.Decide(New(20, 20, Now.AddHours(lastTrainedHours)));

        Assert.Equal(expected, decision.ShouldRetrain);
        Assert.Equal(
            expected ? "40 new photos, 10 needed" : "40 new photos, 10 needed, but not before 2025-03-08 01:00 UTC, as the last training was on 2025-03-07 01:00",
            decision.Reason);
    }

    [Fact]
    public void Why_has_the_values_of_the_reason_and_is_no_part_of_a_decision_s_equality()
    {
        var decision = new RetrainPolicy(new RetrainPolicyOptions { MinimumNewImagesPerClass = 3 }).Decide(New(2, 10));

        Assert.Equal(("Scarce", decision.Reason), (decision.Why.Code, decision.Why.ToString()));
        Assert.Equal(new RetrainDecision(false, decision.Reason, 12, 10), decision);
        Assert.Equal(decision.GetHashCode(), new RetrainDecision(false, decision.Reason, 12, 10).GetHashCode());
        Assert.NotEqual(decision, decision with { NewImages = 13 });
        var other = decision with { Reason = "it is Sunday" };
        Assert.Equal((null, "it is Sunday"), (other.Why.Code, other.Why.ToString()));
    }

    [Fact]
    public void Decide_training_dated_by_a_clock_that_was_ahead_holds_up_none()
    {
        var policy = new RetrainPolicy(new RetrainPolicyOptions { MinimumInterval = TimeSpan.FromDays(1) });

        Assert.True(policy.Decide(New(20, 20, Now.AddYears(5))).ShouldRetrain);
    }

    private static RetrainSituation New(int dandelions, int grass, DateTimeOffset? lastTrainedAt = null, bool isForced = false) => new()
    {
        NewImages = new Dictionary<string, int> { ["dandelion"] = dandelions, ["grass"] = grass },
        LastTrainedAt = lastTrainedAt,
        Now = Now,
        IsForced = isForced,
    };
}
