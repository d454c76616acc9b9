using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Tests.Support;

/// <summary>A whole learning loop in a container of its own, on pictures of three bytes.</summary>
internal sealed class TestLoop : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _provider;

    public TestLoop(Action<DandelionMlOptions>? configure = null, TimeProvider? time = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(time ?? TimeProvider.System);
        services.AddDandelionMl(options =>
        {
            (options.DataDirectory, options.Backbone) = (_folder.Path, "fake");
            configure?.Invoke(options);
        });
        services.AddSingleton<IBackboneProvider>(Backbone);
        services.AddSingleton<IImageDecoder, FakeImageDecoder>();
        _provider = services.BuildServiceProvider();
    }

    public FakeBackbone Backbone { get; } = new();

    public IServiceProvider Services => _provider;

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    /// <summary>Trains on 40 pictures of each class.</summary>
    public async Task<TrainingResult> TrainAsync()
    {
        await TestStores.AddColoursAsync(Get<IImageStore>(), Get<IImageCatalog>(), 40, ("dandelion", 0), ("grass", 1));
        return await Get<Trainer>().TrainAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>Trains, and has the gate decide.</summary>
    public async Task<ModelVersion> LearnAsync() => await Get<ModelPromotion>().DecideAsync(
        (await TrainAsync()).Version.Version, "test", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        _folder.Dispose();
    }
}
