using DandelionMl.Retraining;

namespace DandelionMl.Testing.Tests;

public sealed class FakeDecisionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Policy_decides_as_told_and_remembers()
    {
        var policy = new FakeRetrainPolicy { Reason = "quiet week" };
        var situation = Situation(isForced: false);

        Assert.Equal(new RetrainDecision(false, "quiet week", 5, 0), policy.Decide(situation));
        policy.ShouldRetrain = true;
        Assert.True(policy.Decide(situation).ShouldRetrain);
        Assert.Equal([situation, situation], policy.Situations);
    }

    [Fact]
    public void Policy_trains_where_it_is_forced() =>
        Assert.True(new FakeRetrainPolicy(shouldRetrain: false).Decide(Situation(isForced: true)).ShouldRetrain);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gate_gives_a_verdict_that_a_registry_carries_out(bool passes)
    {
        var (registry, gate) = (new InMemoryModelRegistry(), new FakePromotionGate(passes));
        var champion = await registry.AddChampionAsync("dandelion", "grass");
        var candidate = await registry.RegisterAsync(FakeModel.Registration("dandelion", "grass"), Cancellation);

        var verdict = await gate.JudgeAsync(candidate, champion, Cancellation);
        await registry.DecideAsync(candidate.Version, verdict, "gate", Cancellation);

        Assert.Equal((passes, "decided by the test"), (verdict.Passed, verdict.Summary));
        Assert.Equal(passes ? 2 : 1, (await registry.GetChampionAsync(Cancellation))!.Version);
        Assert.Equal([(candidate, champion)], gate.Judged);
    }

    private static RetrainSituation Situation(bool isForced) => new()
    {
        NewImages = new Dictionary<string, int> { ["dandelion"] = 2, ["grass"] = 3 },
        Now = DateTimeOffset.UnixEpoch,
        IsForced = isForced,
    };
}
