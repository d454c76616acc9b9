using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Tests.Promotion;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.Tests.Hosting;

/// <summary>Rules of the application's own, in the place of the library's.</summary>
public sealed class OwnRulesTests
{
    [Fact]
    public async Task IRetrainPolicy_of_the_application_decides_and_may_ask_the_librarys()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddSingleton<IRetrainPolicy, OnFridays>();
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);
        services.AddSingleton<TimeProvider>(new FixedTime(new DateTimeOffset(2025, 3, 7, 12, 0, 0, TimeSpan.Zero)));
        await using var provider = services.BuildServiceProvider();

        var decision = await provider.GetRequiredService<RetrainCheck>().DecideAsync(cancellationToken: Token);

        Assert.Equal((true, "it is Friday; 0 new photos, 10 needed"), (decision.ShouldRetrain, decision.Reason));
    }

    [Fact]
    public async Task IPromotionGate_of_the_application_judges()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddSingleton<IPromotionGate>(new NeverGate());
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);
        await using var provider = services.BuildServiceProvider();
        var registry = provider.GetRequiredService<IModelRegistry>();
        var version = await registry.RegisterAsync(GateFixture.Registration(), Token);

        var decided = await provider.GetRequiredService<ModelPromotion>().DecideAsync(version.Version, "test", Token);

        Assert.Equal((ModelState.Rejected, "not in this company"), (decided.State, decided.Verdict!.Summary));
    }

    [Fact]
    public async Task IPromotionGate_that_names_another_champion_is_about_the_one_it_was_shown()
    {
        await using var stores = new TestStores();
        var champion = await stores.Registry.RegisterAsync(GateFixture.Registration(), Token);
        await stores.Registry.PromoteAsync(champion.Version, "by hand", "test", cancellationToken: Token);
        var candidate = await stores.Registry.RegisterAsync(GateFixture.Registration(), Token);
        var promotion = new ModelPromotion(stores.Registry, new NeverGate(), NullLogger<ModelPromotion>.Instance);

        var decided = await promotion.DecideAsync(candidate.Version, "test", Token);

        Assert.Equal((ModelState.Rejected, 1), (decided.State, decided.Verdict!.ChampionVersion));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed class OnFridays(RetrainPolicy usual) : IRetrainPolicy
    {
        public RetrainDecision Decide(RetrainSituation situation) => situation.Now.DayOfWeek == DayOfWeek.Friday
            ? usual.Decide(situation) with { ShouldRetrain = true, Reason = $"it is Friday; {usual.Decide(situation).Reason}" }
            : usual.Decide(situation);
    }

    private sealed class NeverGate : IPromotionGate
    {
        public Task<GateVerdict> JudgeAsync(ModelVersion candidate, ModelVersion? champion, CancellationToken cancellationToken = default) =>
            Task.FromResult(new GateVerdict(null, [new GateCheck("company", false, 0, 1, "not in this company")], null));
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
