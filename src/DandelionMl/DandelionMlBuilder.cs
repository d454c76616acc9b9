using DandelionMl.Classification;
using DandelionMl.Drift.Watching;
using DandelionMl.Monitoring;
using DandelionMl.Shadowing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace DandelionMl;

/// <summary>Configures DandelionMl further; returned by <c>AddDandelionMl</c>.</summary>
public sealed class DandelionMlBuilder
{
    internal DandelionMlBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Runs the whole loop in this application: serves whichever version is the champion, and works on pipelines' runs
    /// and their schedule, so that the model is trained again on reviewed photos and goes live if it is better. Measures how the loop
    /// stands, too. Otherwise the same as
    /// <see cref="AddChampionWatcher"/> and
    /// <see cref="Microsoft.Extensions.DependencyInjection.DandelionMlServiceCollectionExtensions.AddPipelineWorker"/>; the
    /// switches <see cref="Pipelines.PipelineOptions.WorkerEnabled"/> and
    /// <see cref="Pipelines.PipelineOptions.SchedulerEnabled"/> turn the pipelines off.</summary>
    public DandelionMlBuilder AddLearningLoop()
    {
        Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LoopStateWatch>());
        return AddChampionWatcher().AddPipelineWorker();
    }

    /// <summary>Keeps the classifier on the registry's champion while the application runs, whichever process promoted it. For
    /// applications that serve. Watches the photos that it serves for drift, too: see <see cref="ClassifierOptions.DriftEnabled"/>; and asks the
    /// champion's shadow about them, if one runs.</summary>
    public DandelionMlBuilder AddChampionWatcher()
    {
        Services.AddHostedService<ChampionWatcher>();
        Services.AddHostedService<DriftWatch>();
        Services.AddHostedService<ShadowWatch>();
        return this;
    }
}
