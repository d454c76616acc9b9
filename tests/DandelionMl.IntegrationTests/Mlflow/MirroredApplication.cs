using DandelionMl.Catalog.Ingestion;
using DandelionMl.Mlflow;
using DandelionMl.Mlflow.Client;
using DandelionMl.Mlflow.Mirroring;
using DandelionMl.Pipelines;
using DandelionMl.Registry;
using DandelionMl.Tool.Demo;
using DandelionMl.Tool.Tests.Support;
using DandelionMl.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.IntegrationTests.Mlflow;

/// <summary>A learning loop on drawn photos with the built-in backbone, mirrored to a real server. Its clock stands still, so that what
/// waits for a time is due when a test says so.</summary>
internal sealed class MirroredApplication : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;

    public MirroredApplication(
        MlflowServer server, Action<MlflowOptions>? configure = null, Action<HttpRequestMessage>? before = null, string? postgres = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        var builder = services.AddDandelionMl(options =>
        {
            (options.DataDirectory, options.Backbone) = (_folder["data"], "built-in-v1");
            (options.Training.Method, options.Training.Epochs) = (HeadMethod.Reference, 20);
            options.Gate.MinimumTestImagesPerClass = 1;
        }).UseMlflow(options =>
        {
            options.TrackingUri = server.Address;
            configure?.Invoke(options);
        });
        if (postgres is not null)
        {
            builder.UsePostgres(postgres);
        }

        services.AddSingleton(provider => new MlflowTransport(
            provider.GetRequiredService<MlflowOptions>(), new Watched(before), provider.GetRequiredService<TimeProvider>()));
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Draws and ingests photos.</summary>
    public async Task IngestAsync(int seed, int perClass = 12)
    {
        DemoPictures.Draw(_folder[$"photos-{seed}"], perClass, seed, Token);
        await Get<DatasetIngestor>().IngestAsync(new FolderDataset(_folder[$"photos-{seed}"]), cancellationToken: Token);
    }

    /// <summary>Has the pipeline train and the gate decide.</summary>
    public async Task<ModelVersion> TrainAsync()
    {
        var outcome = await Get<PipelineRunner>().RunAsync(PipelineIds.Train, "test", cancellationToken: Token);
        Assert.True(outcome.IsSuccess, outcome.Run.Reason);
        return (await Get<IModelRegistry>().ListAsync(Token))[0];
    }

    public Task MirrorAsync() => Get<MlflowMirror>().LookAsync(Token);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Tells of each request before it is sent.</summary>
    private sealed class Watched(Action<HttpRequestMessage>? before) : DelegatingHandler(MlflowHttp.CreateHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            before?.Invoke(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
