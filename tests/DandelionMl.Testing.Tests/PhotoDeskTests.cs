using DandelionMl.Retraining;

namespace DandelionMl.Testing.Tests;

/// <summary>How little it takes to test a service of an application's. By hand the fakes of these took 63 lines.</summary>
public sealed class PhotoDeskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_is_tested_on_six_lines_of_fakes()
    {
        var classifier = new FakeImageClassifier(("dandelion", 0.9f), ("grass", 0.1f));
        byte[] blurred = [1];
        classifier.Answer(blurred, ("dandelion", 0.55f), ("grass", 0.45f));
        var (registry, policy) = (new InMemoryModelRegistry(), new FakeRetrainPolicy(shouldRetrain: true));
        var champion = await registry.AddChampionAsync("dandelion", "grass");
        var desk = new PhotoDesk(classifier, registry, policy, TimeProvider.System);

        Assert.Equal("dandelion", await desk.AnswerAsync([2], Cancellation));
        Assert.Equal("perhaps dandelion: please check", await desk.AnswerAsync(blurred, Cancellation));
        Assert.True(await desk.ConfirmAsync("grass", Cancellation));
        var situation = Assert.Single(policy.Situations);
        Assert.Equal((1, champion.CreatedAt), (situation.NewImages["grass"], situation.LastTrainedAt));
    }

    [Fact]
    public async Task Service_works_on_the_librarys_own_policy_as_well()
    {
        var policy = new RetrainPolicy(new RetrainPolicyOptions { MinimumNewImages = 2 });
        var desk = new PhotoDesk(new FakeImageClassifier(), new InMemoryModelRegistry(), policy, TimeProvider.System);

        Assert.False(await desk.ConfirmAsync("grass", Cancellation));
        Assert.True(await desk.ConfirmAsync("grass", Cancellation));
    }
}
