using DandelionMl;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Drift.Watching;
using DandelionMl.Embeddings;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using DandelionMl.Pipelines;
using DandelionMl.Promotion;
using DandelionMl.Promotion.Planning;
using DandelionMl.Photos;
using DandelionMl.Reconciliation;
using DandelionMl.Registry;
using DandelionMl.Shadowing;
using DandelionMl.Storage;
using DandelionMl.Tracking;
using DandelionMl.Training;
using DandelionMl.Training.LearningCurves;
using DandelionMl.Transfer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

// Extensions on the container are found without a using of their own.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds DandelionMl to an application.</summary>
public static partial class DandelionMlServiceCollectionExtensions
{
    internal const string DatabaseFile = "dandelion.db";
    private const string ObjectsFolder = "objects";

    /// <summary>Adds the embedded default, all in one data directory: photos and models in a folder, everything else in a SQLite
    /// file. Parts that the application has already added, such as its own <see cref="IImageStore"/>, are kept. Where DandelionMl
    /// was added before, this goes on with it. For several classifiers in one application see
    /// <see cref="AddKeyedDandelionMl(IServiceCollection, string, Action{DandelionMlOptions}?)"/>.</summary>
    /// <param name="services">The application's services.</param>
    /// <returns>A builder to go on with.</returns>
    /// <example>
    /// <code>
    /// var services = new ServiceCollection();
    /// services.AddDandelionMl(options => options.DataDirectory = "data");
    /// await using var provider = services.BuildServiceProvider();
    /// var classifier = provider.GetRequiredService&lt;IImageClassifier&gt;();
    /// </code>
    /// </example>
    public static DandelionMlBuilder AddDandelionMl(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services.Any(IsAdded) ? new DandelionMlBuilder(services) : Add(services);
    }

    /// <inheritdoc cref="AddDandelionMl(IServiceCollection)"/>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the settings, checked at start.</param>
    /// <exception cref="InvalidOperationException">Settings were given before: this would silently change them.</exception>
    public static DandelionMlBuilder AddDandelionMl(this IServiceCollection services, Action<DandelionMlOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(item => IsAdded(item) && ((Added)item.ImplementationInstance!).HasSettings))
        {
            throw new InvalidOperationException(
                "AddDandelionMl was already called with settings. For a second classifier use AddKeyedDandelionMl; to set more, "
                + "services.Configure<DandelionMlOptions>(…).");
        }

        var builder = services.AddDandelionMl();
        services.Configure(configure);
        services.AddSingleton(new Added(HasSettings: true));
        return builder;
    }

    /// <inheritdoc cref="AddDandelionMl(IServiceCollection)"/>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The section with the settings, checked at start, see <see cref="DandelionMlOptions"/>; or the whole
    /// configuration, of which section <c>DandelionMl</c> is read.</param>
    /// <param name="configure">Sets settings after the configuration did; null for none.</param>
    /// <exception cref="InvalidOperationException">Settings were given before: this would silently change them.</exception>
    public static DandelionMlBuilder AddDandelionMl(
        this IServiceCollection services, IConfiguration configuration, Action<DandelionMlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration as IConfigurationSection ?? configuration.GetSection(DandelionMlOptions.SectionName);
        return services.AddDandelionMl(options =>
        {
            section.Bind(options);
            configure?.Invoke(options);
        });
    }

    private static DandelionMlBuilder Add(IServiceCollection services)
    {
        services.AddSingleton(new Added(HasSettings: false));
        services.AddOptions<DandelionMlOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DandelionMlOptions>, DandelionMlOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DandelionMlOptions>, ServingMemoryRule>(_ => new ServingMemoryRule()));
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddTelemetry();
        AddKeeping(services);

        services.TryAddSingleton<IImageDecoder>(provider => new SkiaImageDecoder(Options(provider).Images));
        AddBackbones(services);
        services.AddHttpClient(IngestionHttp.ClientName).ConfigurePrimaryHttpMessageHandler(IngestionHttp.CreateHandler);
        services.AddHttpClient(IngestionHttp.PublicClientName).ConfigurePrimaryHttpMessageHandler(IngestionHttp.CreatePublicHandler);
        services.TryAddSingleton(provider => new DatasetIngestor(
            provider.GetRequiredService<IImageCatalog>(), provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<IImageDecoder>(),
            provider.GetRequiredService<IHttpClientFactory>(), Options(provider).Ingestion, Options(provider).Images,
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new ImageEmbedder(
            provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<IEmbeddingStore>(),
            provider.GetRequiredService<IImageDecoder>(), provider.GetRequiredService<EmbeddingTelemetry>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new BackboneSelection(
            provider.GetRequiredService<SettingStore>(), provider.GetRequiredService<IBackboneProvider>(),
            provider.GetRequiredService<IImageCatalog>(), provider.GetRequiredService<ImageEmbedder>(), provider.GetRequiredService<KnownWeights>(),
            Options(provider).Backbone, provider.GetRequiredService<ILogger<BackboneSelection>>()));
        services.TryAddSingleton<NearDuplicateGroups>();
        services.TryAddSingleton(provider => new Trainer(
            provider.GetRequiredService<IImageCatalog>(), provider.GetRequiredService<BackboneSelection>(),
            provider.GetRequiredService<ImageEmbedder>(), provider.GetRequiredService<NearDuplicateGroups>(),
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<LearningCurveReader>(), Options(provider).Training,
            provider.GetRequiredService<TrainingTelemetry>()));
        services.AddReview();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ConfiguredBackboneCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OwnCatalogWarning>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StorePairingCheck>());
        services.TryAddSingleton(provider => new Reconciler(
            provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<StorePairing>(),
            provider.GetRequiredService<IImageCatalog>(), provider.GetRequiredService<IModelRegistry>(),
            provider.GetRequiredService<Database>(), provider.GetRequiredService<ImageRelocator>(),
            provider.GetRequiredService<PhotoEraser>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ReconciliationTelemetry>()));
        AddPromotion(services);
        services.TryAddSingleton(provider => Options(provider).Classifier);
        services.TryAddSingleton(provider => new Classifier(
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<IBackboneProvider>(),
            provider.GetRequiredService<IImageDecoder>(), Options(provider).Images, Options(provider).Classifier,
            provider.GetRequiredService<ServingTelemetry>(), provider.GetRequiredService<EmbeddingTelemetry>(),
            new PredictionObservers(provider.GetRequiredService<ServedPhotoQueue>(), provider.GetRequiredService<ShadowQueue>())));
        services.TryAddSingleton(provider => new GoldenEmbedding(provider.GetRequiredService<SettingStore>()));
        services.TryAddSingleton<KnownWeights>();
        services.TryAddSingleton<BackboneCheck>();
        services.TryAddSingleton<FirstLook>();
        services.TryAddSingleton<ShardEmbedder>();
        services.TryAddSingleton<IImageClassifier>(provider => provider.GetRequiredService<Classifier>());
        services.AddDrift();
        services.AddShadow();
        services.AddPipelines();
        services.TryAddSingleton(provider => new DatabaseExperimentTracker(
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<PipelineRuns>()));
        services.TryAddSingleton<IExperimentTracker>(provider => provider.GetRequiredService<DatabaseExperimentTracker>());
        return new DandelionMlBuilder(services);
    }

    private static void AddKeeping(IServiceCollection services)
    {
        services.TryAddSingleton(provider => Database.OpenSqlite(Path.Combine(Options(provider).DataDirectory, DatabaseFile)));
        services.TryAddSingleton(provider => new DatabaseCheck(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new SettingStore(provider.GetRequiredService<Database>()));
        services.TryAddSingleton<IImageStore>(provider => new FolderImageStore(
            new FolderImageStoreOptions { Root = Path.Combine(Options(provider).DataDirectory, ObjectsFolder) }));
        services.TryAddSingleton(provider => new StorePairing(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IImageStore>()));
        services.TryAddSingleton(provider => new StoreCheck(
            provider.GetRequiredService<IImageStore>(), provider.GetRequiredService<StorePairing>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new PairedImageStore(
            provider.GetRequiredService<IImageStore>(), provider.GetRequiredService<StorePairing>(), provider.GetRequiredService<StoreTelemetry>()));
        services.TryAddSingleton<IImageCatalog>(provider => new SqlImageCatalog(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IEmbeddingStore>(provider => new SqlEmbeddingStore(provider.GetRequiredService<Database>()));
        services.TryAddSingleton<IModelRegistry>(provider => new SqlModelRegistry(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new TrainingSetExport(
            provider.GetRequiredService<IImageCatalog>(), provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<IModelRegistry>()));
        services.TryAddSingleton(provider => new RejectedVersions(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<StorePairing>(),
            provider.GetRequiredService<TimeProvider>(), Options(provider).Gate.RejectedRetention));
    }

    private static void AddBackbones(IServiceCollection services) =>
        services.TryAddSingleton<IBackboneProvider>(provider =>
        {
            // The built-in one is first, since it is the one that can always be had; an application may have added others.
            var builtIn = new BackboneDescriptor(
                BuiltInBackbone.DefaultId, "ships with the library: learned patches, colour and texture", EmbeddingBlock.TotalLength, 0, "MIT") { Rank = 0 };
            IEnumerable<IBackboneSource> sources =
            [
                new ShippedBackboneSource(builtIn, BuiltInBackbone.Load), .. provider.GetServices<IBackboneSource>(),
                .. provider.GetServices<IBackboneSourceSet>().SelectMany(set => set.Sources),
            ];
            return new BackboneProvider(sources, Options(provider).Backbones);
        });

    private static void AddPromotion(IServiceCollection services)
    {
        services.TryAddSingleton<ManifestEmbeddings>();
        services.TryAddSingleton<VersionComparer>();
        services.TryAddSingleton(provider => new PromotionGate(
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<ManifestEmbeddings>(),
            Options(provider).Gate));
        services.TryAddSingleton<IPromotionGate>(provider => provider.GetRequiredService<PromotionGate>());
        services.TryAddSingleton(provider => new ModelPromotion(
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<IPromotionGate>(),
            provider.GetRequiredService<ILogger<ModelPromotion>>(), provider.GetRequiredService<PromotionTelemetry>()));
        services.TryAddSingleton(provider => new TestPhotoPlanner(
            provider.GetRequiredService<IModelRegistry>(), Options(provider).Gate, Options(provider).Training));
        services.TryAddSingleton(provider => new LearningCurveReader(
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<IEmbeddingStore>()));
        services.TryAddSingleton(provider => new ModelReproduction(
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<ManifestEmbeddings>()));
    }

    private static DandelionMlOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value;

    private static bool IsAdded(ServiceDescriptor item) => !item.IsKeyedService && item.ServiceType == typeof(Added);

    /// <summary>Notes in the services that they were added, and whether with settings.</summary>
    private sealed record Added(bool HasSettings);
}
