using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Imaging;
using DandelionMl.Mlflow.Client;
using DandelionMl.Mlflow.Mirroring;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Mlflow.Tests.Support;

/// <summary>A learning loop on pictures of three bytes whose trainings are mirrored to a server in memory. Another one on the same folder is
/// the application started again, or another replica.</summary>
internal sealed class MirroredLoop : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public MirroredLoop(string folder, FakeMlflow server, FakeTimeProvider time, Action<MlflowOptions>? configure = null)
    {
        (Server, Time) = (server, time);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddLogging(logging => logging.AddProvider(Log));
        services.AddDandelionMl(options =>
        {
            (options.DataDirectory, options.Backbone) = (folder, "fake");
            (options.Training.Method, options.Training.Epochs) = (HeadMethod.Reference, 5);
        }).UseMlflow(options =>
        {
            options.TrackingUri = new Uri("http://mlflow.test:5000/");
            configure?.Invoke(options);
        });
        services.AddSingleton<IBackboneProvider>(new FakeBackbone());
        services.AddSingleton<IImageDecoder, FakeImageDecoder>();
        services.AddSingleton(provider => new MlflowTransport(
            provider.GetRequiredService<MlflowOptions>(), server, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new MirrorBackoff(() => 0));
        _provider = services.BuildServiceProvider();
    }

    public FakeMlflow Server { get; }

    public FakeTimeProvider Time { get; }

    public LogList Log { get; } = new();

    public IServiceProvider Services => _provider;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public Task MirrorAsync() => Get<MlflowMirror>().LookAsync(Token);

    /// <summary>Stores 40 pictures of each class.</summary>
    public Task AddPhotosAsync() => TestStores.AddColoursAsync(Get<IImageStore>(), Get<IImageCatalog>(), 40, ("dandelion", 0), ("grass", 1));

    public async Task<ModelVersion> TrainAsync(string? requestId = null) =>
        (await Get<Trainer>().TrainAsync(requestId: requestId, cancellationToken: Token)).Version;

    /// <summary>Trains, and has the gate decide.</summary>
    public async Task<ModelVersion> LearnAsync() =>
        await Get<ModelPromotion>().DecideAsync((await TrainAsync()).Version, "test", Token);

    public async ValueTask DisposeAsync() => await _provider.DisposeAsync();
}
