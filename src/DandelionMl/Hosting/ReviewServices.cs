using DandelionMl.Backbones;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.LiveAccuracy;
using DandelionMl.Photos;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Training;
using DandelionMl.Transfer.Reference;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DandelionMl.Hosting;

/// <summary>Users' photos on their way into the training set: uploads, review, retraining, and what is changed
/// in it later by hand.</summary>
internal static class ReviewServices
{
    public static void AddReview(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new ImageRelocator(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PairedImageStore>()));
        services.TryAddSingleton(provider => new KnownPhotos(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IEmbeddingStore>()));
        services.TryAddSingleton(provider => new UploadIntake(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<IEmbeddingStore>(),
            provider.GetRequiredService<IImageDecoder>(), provider.GetRequiredService<KnownPhotos>(),
            Options(provider).Review, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IShadow>()));
        services.TryAddSingleton(provider => new ReferenceImport(
            provider.GetRequiredService<DatasetIngestor>(), provider.GetRequiredService<IImageCatalog>(), provider.GetRequiredService<IModelRegistry>(),
            provider.GetRequiredService<IImageClassifier>(), provider.GetRequiredService<UploadIntake>()));
        services.TryAddSingleton(provider => new PhotoExaminer(
            provider.GetRequiredService<IImageClassifier>(), provider.GetRequiredService<KnownPhotos>(), provider.GetRequiredService<UploadIntake>(),
            new UploadSuggestions(provider.GetRequiredService<Database>()),
            provider.GetRequiredService<PhotoEraser>(), provider.GetRequiredService<DatabaseCheck>(), provider.GetRequiredService<StoreCheck>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PhotoExaminer>>(),
            provider.GetRequiredService<PhotoTelemetry>()));
        services.TryAddSingleton(provider => new ReviewDesk(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IEmbeddingStore>(), provider.GetRequiredService<ImageRelocator>(),
            Options(provider).Review, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ReviewDesk>>(),
            provider.GetRequiredService<PhotoTelemetry>(), provider.GetRequiredService<IShadow>()));
        services.TryAddSingleton(provider => new ReviewHistory(provider.GetRequiredService<Database>()));
        services.TryAddSingleton(provider => new ReviewAgreement(provider.GetRequiredService<Database>()));
        services.TryAddSingleton(provider => new LiveAccuracyReader(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new ValidatedPhotos(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new TrainingSetIntake(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<IImageDecoder>(),
            provider.GetRequiredService<ImageRelocator>(), Options(provider).Review, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new RetrainPolicy(Options(provider).Retraining));
        services.TryAddSingleton<IRetrainPolicy>(provider => provider.GetRequiredService<RetrainPolicy>());
        services.TryAddSingleton(provider => new RetrainCheck(
            provider.GetRequiredService<ValidatedPhotos>(), provider.GetRequiredService<IImageCatalog>(),
            provider.GetRequiredService<IModelRegistry>(), provider.GetRequiredService<IRetrainPolicy>(),
            provider.GetRequiredService<RetrainTelemetry>(), provider.GetRequiredService<TimeProvider>()));
        services.AddCuration();
    }

    private static void AddCuration(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => new PhotoSearch(provider.GetRequiredService<Database>()));
        services.TryAddSingleton(provider => new SimilarPhotos(
            provider.GetRequiredService<IImageCatalog>(), provider.GetRequiredService<BackboneSelection>(),
            provider.GetRequiredService<IBackboneProvider>(), provider.GetRequiredService<ImageEmbedder>(),
            provider.GetRequiredService<KnownPhotos>()));
        services.TryAddSingleton(provider => new PhotoEraser(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<PairedImageStore>(), provider.GetRequiredService<IEmbeddingStore>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PhotoEraser>>(),
            provider.GetRequiredService<Classifier>()));
        services.TryAddSingleton(provider => new ErasedTrainingPhotos(provider.GetRequiredService<Database>()));
        services.TryAddSingleton<ClassRenaming>();
        services.TryAddSingleton(provider => new LabelCheck(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IImageCatalog>(), provider.GetRequiredService<BackboneSelection>(),
            provider.GetRequiredService<IEmbeddingStore>(), provider.GetRequiredService<NearDuplicateGroups>(), Options(provider).Training,
            provider.GetRequiredService<PhotoTelemetry>()));
        services.TryAddSingleton(provider => new TrainingSetEditor(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<ImageRelocator>(), provider.GetRequiredService<PhotoEraser>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TrainingSetEditor>>()));
    }

    private static DandelionMlOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value;
}
