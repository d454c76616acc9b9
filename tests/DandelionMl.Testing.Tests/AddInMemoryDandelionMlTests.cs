using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DandelionMl.Testing.Tests;

public sealed class AddInMemoryDandelionMlTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"dandelionml-test-{Guid.NewGuid():N}");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Service_is_tested_without_the_library_behind_it()
    {
        await using var provider = new ServiceCollection().AddInMemoryDandelionMl().AddSingleton<PhotoDesk>().BuildServiceProvider();
        provider.GetRequiredService<FakeImageClassifier>().Answer(("dandelion", 1));
        provider.GetRequiredService<FakeRetrainPolicy>().ShouldRetrain = true;

        var desk = provider.GetRequiredService<PhotoDesk>();
        Assert.Equal("dandelion", await desk.AnswerAsync([1], Cancellation));
        Assert.True(await desk.ConfirmAsync("dandelion", Cancellation));
    }

    [Fact]
    public async Task Whole_application_runs_without_a_file()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddDandelionMl(options => options.DataDirectory = _folder).AddLearningLoop();
        builder.Services.AddInMemoryDandelionMl();
        using var host = builder.Build();
        await host.StartAsync(Cancellation);

        await host.Services.GetRequiredService<InMemoryModelRegistry>().AddChampionAsync("dandelion", "grass");
        var classifier = host.Services.GetRequiredService<Classifier>();
        Assert.Equal("grass", (await classifier.ClassifyAsync(FakeImageDecoder.Photo(0, 255, 0), Cancellation)).Label);
        await host.StopAsync(Cancellation);

        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public async Task Fakes_stand_whether_added_before_or_after_the_library()
    {
        await using var before = new ServiceCollection()
            .AddInMemoryDandelionMl().AddDandelionMl(options => options.DataDirectory = _folder).Services.BuildServiceProvider();
        await using var after = new ServiceCollection()
            .AddDandelionMl(options => options.DataDirectory = _folder).Services.AddInMemoryDandelionMl().BuildServiceProvider();
        foreach (var provider in (IServiceProvider[])[before, after])
        {
            Assert.Same(provider.GetRequiredService<FakeImageClassifier>(), provider.GetRequiredService<IImageClassifier>());
            Assert.Same(provider.GetRequiredService<InMemoryModelRegistry>(), provider.GetRequiredService<IModelRegistry>());
            Assert.Same(provider.GetRequiredService<InMemoryImageStore>(), provider.GetRequiredService<IImageStore>());
            Assert.Same(provider.GetRequiredService<InMemoryImageCatalog>(), provider.GetRequiredService<IImageCatalog>());
            Assert.Same(provider.GetRequiredService<FakeRetrainPolicy>(), provider.GetRequiredService<IRetrainPolicy>());
            Assert.Same(provider.GetRequiredService<FakePromotionGate>(), provider.GetRequiredService<IPromotionGate>());
        }
    }
}
