using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Embeddings;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Testing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

// Extensions on the container are found without a using of their own.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Replaces what applications depend on by fakes.</summary>
public static class InMemoryDandelionMlExtensions
{
    /// <summary>Replaces what an application depends on by in-memory stores and fakes, and stops the learning loop from running by
    /// itself: no file is written, no model loaded. Each is found by its own type, too, for a test to tell it what to
    /// do.</summary>
    /// <remarks>
    /// <para>Call it last, as in <c>ConfigureTestServices</c>, or without <c>AddDandelionMl</c>. The application's
    /// <see cref="IImageStore"/>, <see cref="IImageCatalog"/>, <see cref="IEmbeddingStore"/>, <see cref="IModelRegistry"/>,
    /// <see cref="IImageClassifier"/>, <see cref="IRetrainPolicy"/>, <see cref="IPromotionGate"/>, <see cref="IImageDecoder"/> and
    /// <see cref="IBackboneProvider"/> are replaced.</para>
    /// <para>With <c>AddDandelionMl</c>, uploads, review and pipelines still keep their rows in the data directory, from their first use on:
    /// give such tests a temporary one. Classifiers under a key stay as they are.</para>
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddInMemoryDandelionMl(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        Replace<IImageStore, InMemoryImageStore>(services, provider => new(Time(provider)));
        Replace<IImageCatalog, InMemoryImageCatalog>(services, provider => new(Time(provider)));
        Replace<IEmbeddingStore, InMemoryEmbeddingStore>(services, _ => new());
        Replace<IModelRegistry, InMemoryModelRegistry>(
            services, provider => new(provider.GetRequiredService<IImageStore>(), Time(provider)));
        Replace<IImageClassifier, FakeImageClassifier>(services, _ => new());
        Replace<IRetrainPolicy, FakeRetrainPolicy>(services, _ => new());
        Replace<IPromotionGate, FakePromotionGate>(services, _ => new());
        Replace<IImageDecoder, FakeImageDecoder>(services, _ => new());
        Replace<IBackboneProvider, FakeBackbone>(services, _ => new());
        StopLoop(services);
        return services;
    }

    private static void Replace<TService, TFake>(IServiceCollection services, Func<IServiceProvider, TFake> make)
        where TService : class
        where TFake : class, TService
    {
        services.RemoveAll<TService>();
        services.RemoveAll<TFake>();
        services.AddSingleton(make);
        services.AddSingleton<TService>(provider => provider.GetRequiredService<TFake>());
    }

    /// <summary>Takes out what the library runs in the background.</summary>
    private static void StopLoop(IServiceCollection services)
    {
        var running = services.Where(item => !item.IsKeyedService && item.ServiceType == typeof(IHostedService)
            && item.ImplementationType?.Assembly == typeof(DandelionMlOptions).Assembly);
        foreach (var service in running.ToList())
        {
            services.Remove(service);
        }
    }

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();
}
