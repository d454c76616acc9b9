using DandelionMl.Classification;
using DandelionMl.Registry;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Tests.Classification;

public sealed class ClassifierDisposalTests
{
    private static readonly byte[] Red = [255, 0, 0];

    [Fact]
    public void Dispose_of_a_container_that_is_not_asynchronous_ends_everything()
    {
        using var folder = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddDandelionMl(options => options.DataDirectory = folder.Path);
        var provider = services.BuildServiceProvider();
        var classifier = provider.GetRequiredService<Classifier>();
        Assert.Same(classifier, provider.GetRequiredService<IImageClassifier>());
        Assert.NotNull(provider.GetRequiredService<IModelRegistry>());

        provider.Dispose();

        var error = Assert.Throws<ObjectDisposedException>(() => { _ = classifier.ClassifyAsync(AsyncEnumerable.Empty<ReadOnlyMemory<byte>>(), Token); });
        Assert.EndsWith(nameof(Classifier), error.ObjectName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_names_the_classifier_to_whoever_comes_later_and_may_be_repeated()
    {
        var registry = new FakeRegistry();
        registry.Promote(["red", "green"]);
        var classifier = new Classifier(registry, new FakeBackbone(), new FakeImageDecoder());
        Assert.Equal("red", (await classifier.ClassifyAsync(Red, Token)).Label);

        classifier.Dispose();
        await classifier.DisposeAsync();

        var error = await Assert.ThrowsAsync<ObjectDisposedException>(() => classifier.ClassifyAsync(Red, Token));
        Assert.EndsWith(nameof(Classifier), error.ObjectName, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => classifier.ReloadAsync(Token));
    }

    [Fact]
    public async Task Dispose_in_the_middle_of_a_pass_waits_for_its_answer()
    {
        var registry = new FakeRegistry();
        registry.Promote(["red", "green"]);
        var backbone = new FakeBackbone();
        var classifier = new Classifier(registry, backbone, new FakeImageDecoder());
        using var pass = new PassGate(backbone);
        var answer = classifier.ClassifyAsync(Red, Token);
        await pass.Entered;

        var disposal = Task.Run(classifier.Dispose, Token);
        pass.Open();
        await disposal;

        Assert.Equal("red", (await answer).Label);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
