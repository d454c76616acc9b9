using DandelionMl.Data;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.Execution;
using DandelionMl.Pipelines.Retention;
using DandelionMl.Pipelines.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DandelionMl.Tests.Pipelines;

/// <summary>A process with the library in it, on a database that others share.</summary>
internal sealed class PipelineProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelionml-test-");
    private bool _isDisposed;

    public PipelineProcess(
        Database database,
        TimeProvider time,
        IEnumerable<PipelineDefinition> pipelines,
        Action<PipelineOptions>? configure = null,
        Action<IServiceCollection>? addParts = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(database);
        services.AddSingleton(time);
        services.AddSingleton(new RetryBackoff(() => 0)); // No chance in a test.
        addParts?.Invoke(services);
        var builder = services.AddDandelionMl(options =>
        {
            options.DataDirectory = _folder.FullName;
            options.Pipelines.Schedules[PipelineIds.Retrain] = ""; // A test's own schedules are all there are.
            configure?.Invoke(options.Pipelines);
        }).AddPipelineWorker();
        foreach (var pipeline in pipelines)
        {
            builder.AddPipeline(pipeline);
        }

        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public Database Database => _services.GetRequiredService<Database>();

    public PipelineRuns Runs => _services.GetRequiredService<PipelineRuns>();

    public PipelineRunner Runner => _services.GetRequiredService<PipelineRunner>();

    public PipelineClaims Claims => _services.GetRequiredService<PipelineClaims>();

    public PipelineExecutor Executor => _services.GetRequiredService<PipelineExecutor>();

    public PipelineSchedule Schedule => _services.GetRequiredService<PipelineSchedule>();

    public CallerLeases Leases => _services.GetRequiredService<CallerLeases>();

    public PipelineSweep Sweep => _services.GetRequiredService<PipelineSweep>();

    public FutureTimes FutureTimes => _services.GetRequiredService<FutureTimes>();

    public PipelineWorker Worker => _services.GetServices<IHostedService>().OfType<PipelineWorker>().Single();

    public PipelineScheduler Scheduler => _services.GetServices<IHostedService>().OfType<PipelineScheduler>().Single();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Works on what is there to be worked on, one run after the other, until nothing is left.</summary>
    /// <returns>How many runs were taken up.</returns>
    public async Task<int> WorkAsync()
    {
        var taken = 0;
        while (await Claims.TryClaimNextAsync(null, Cancellation) is { } claim)
        {
            taken++;
            await Executor.ExecuteAsync(claim, null, CancellationToken.None);
        }

        return taken;
    }

    /// <summary>The lease of a run that was claimed, in the hand of the test.</summary>
    public RunLease Lease(RunClaim claim, TimeProvider time) => new(
        Database, time, claim.Run.Id, claim.Lease, new RunLog(claim.Run.Id, claim.LastLogNumber, time, null));

    public async Task<PipelineRun> GetAsync(long id) => (await Runs.FindAsync(id, Cancellation))!;

    public async ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            await _services.DisposeAsync();
            _folder.Delete(recursive: true);
        }
    }
}
