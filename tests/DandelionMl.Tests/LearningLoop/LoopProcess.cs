using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Pipelines.Scheduling;
using DandelionMl.Reconciliation;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DandelionMl.Tests.LearningLoop;

/// <summary>A process with the whole library in it, on a database and a store that others share.</summary>
internal sealed class LoopProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public LoopProcess(Database database, IImageStore store, TimeProvider time, Action<DandelionMlOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(database);
        services.AddSingleton(store);
        services.AddSingleton(time);
        services.AddSingleton<IImageDecoder>(new FakeImageDecoder());
        services.AddSingleton<IBackboneProvider>(new VectorBackbone());
        services.AddDandelionMl(options =>
        {
            options.Backbone = VectorBackbone.Id;
            configure?.Invoke(options);
        }).AddPipelineWorker();
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Classifier Classifier => _services.GetRequiredService<Classifier>();

    public UploadIntake Intake => _services.GetRequiredService<UploadIntake>();

    public ReviewDesk Desk => _services.GetRequiredService<ReviewDesk>();

    public PhotoSearch Search => _services.GetRequiredService<PhotoSearch>();

    public ValidatedPhotos Validated => _services.GetRequiredService<ValidatedPhotos>();

    public IModelRegistry Registry => _services.GetRequiredService<IModelRegistry>();

    public IImageCatalog Catalog => _services.GetRequiredService<IImageCatalog>();

    public Reconciler Reconciler => _services.GetRequiredService<Reconciler>();

    public PipelineRuns Runs => _services.GetRequiredService<PipelineRuns>();

    public PipelineScheduler Scheduler => _services.GetServices<IHostedService>().OfType<PipelineScheduler>().Single();

    private IImageStore Store => _services.GetRequiredService<IImageStore>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Works on what pipelines have to do, one run after the other, until nothing is left.</summary>
    public async Task WorkAsync()
    {
        var claims = _services.GetRequiredService<PipelineClaims>();
        while (await claims.TryClaimNextAsync(null, Token) is { } claim)
        {
            await _services.GetRequiredService<PipelineExecutor>().ExecuteAsync(claim, null, CancellationToken.None);
        }
    }

    /// <summary>Takes labelled photos into the training set, as an ingestion does.</summary>
    public async Task AddTrainingPhotosAsync(IEnumerable<(string Label, byte[] Photo)> photos)
    {
        foreach (var (label, photo) in photos)
        {
            var sha256 = ContentHash.Of(photo);
            var key = StorageKeys.Raw(label, sha256, ImageFormat.Png);
            using var content = new MemoryStream(photo);
            await Store.PutAsync(key, content, Token);
            await Catalog.RegisterAsync([new ManifestEntry($"test:{sha256}", label)], Token);
            var row = await Catalog.FindBySourceAsync($"test:{sha256}", Token);
            await Catalog.MarkStoredAsync(row!.Id, new StoredContent(key, Store.GetUri(key), sha256, photo.Length), Token);
        }
    }

    /// <summary>Uploads a photo as a user does.</summary>
    public async Task<Submission> UploadAsync(byte[] photo) =>
        await Intake.SubmitAsync(photo, await Classifier.ClassifyAsync(photo, Token), cancellationToken: Token);

    /// <summary>Share of photos that the champion gives their own label.</summary>
    public async Task<double> MeasureAsync(IReadOnlyCollection<(string Label, byte[] Photo)> photos)
    {
        await Classifier.ReloadAsync(Token);
        var right = 0;
        foreach (var (label, photo) in photos)
        {
            right += (await Classifier.ClassifyAsync(photo, Token)).Label == label ? 1 : 0;
        }

        return (double)right / photos.Count;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
