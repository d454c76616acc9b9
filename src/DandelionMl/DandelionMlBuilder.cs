using DandelionMl.Classification;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl;

/// <summary>Configures DandelionMl further; returned by <c>AddDandelionMl</c>.</summary>
public sealed class DandelionMlBuilder
{
    internal DandelionMlBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Runs the whole loop in this application: serves whichever version is the champion, and works on pipelines' runs
    /// and their schedule, so that the model is trained again on reviewed photos and goes live if it is better. The same as
    /// <see cref="AddChampionWatcher"/> and
    /// <see cref="Microsoft.Extensions.DependencyInjection.DandelionMlServiceCollectionExtensions.AddPipelineWorker"/>; the
    /// switches <see cref="Pipelines.PipelineOptions.WorkerEnabled"/> and
    /// <see cref="Pipelines.PipelineOptions.SchedulerEnabled"/> turn the pipelines off.</summary>
    public DandelionMlBuilder AddLearningLoop() => AddChampionWatcher().AddPipelineWorker();

    /// <summary>Keeps the classifier on the registry's champion while the application runs, whichever process promoted it. For
    /// applications that serve.</summary>
    public DandelionMlBuilder AddChampionWatcher()
    {
        Services.AddHostedService<ChampionWatcher>();
        return this;
    }
}
