using DandelionMl.Pipelines;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Pipelines;

/// <summary>What the suites of the pipelines share: a database, a clock, and processes on them.</summary>
public abstract class PipelineSuite(TestDatabase database) : IAsyncLifetime
{
    private readonly List<PipelineProcess> _processes = [];

    protected static DateTimeOffset Start { get; } = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal FakeTimeProvider Time { get; } = new(Start);

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        await database.DisposeAsync();
    }

    private protected PipelineProcess Open(params IEnumerable<PipelineDefinition> pipelines) => Open(Time, pipelines);

    private protected PipelineProcess Open(
        TimeProvider time,
        IEnumerable<PipelineDefinition> pipelines,
        Action<PipelineOptions>? configure = null,
        Func<Func<Task>, Task>? around = null)
    {
        var opened = database.Open(provider => around is null ? provider : new CrashingProvider(provider, around));
        var process = new PipelineProcess(opened, time, pipelines, configure);
        _processes.Add(process);
        return process;
    }

    private protected static PipelineStep Step(string name, Action<PipelineContext>? work = null) => new(name, context =>
    {
        work?.Invoke(context);
        return Task.CompletedTask;
    });

    private protected static string Describe(PipelineRun run) =>
        $"{run.State} {string.Join(' ', run.Steps.Select(step => $"{step.Name}:{step.State}:{step.Attempt}"))}";

    private protected static IReadOnlyDictionary<string, string> Parameters(params (string Name, string Value)[] parameters) =>
        parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
}
