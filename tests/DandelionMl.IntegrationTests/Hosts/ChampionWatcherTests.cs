using System.Threading.Channels;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Classification;
using DandelionMl.IntegrationTests.Postgres;
using DandelionMl.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DandelionMl.IntegrationTests.Hosts;

/// <summary>Hosts that poll so rarely that all they see of a promotion is its notification.</summary>
public sealed class ChampionWatcherTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelionml-test-");
    private PostgresDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Promotion_verdict_and_rollback_reach_all_hosts_without_a_poll()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await RegisterAsync(first, 3);

        await first.Registry.PromoteAsync(1, "the first", Token);
        await AssertServedAsync(1, first, second);
        await second.Registry.DecideAsync(2, new GateVerdict(1, [new GateCheck("accuracy", true, 1, 1, "good")], null), "gate", Token);
        await AssertServedAsync(2, first, second);
        await second.Registry.DecideAsync(3, new GateVerdict(2, [new GateCheck("accuracy", false, 0, 1, "bad")], null), "gate", Token);
        await second.Registry.RollbackAsync("back", "test", cancellationToken: Token);
        await AssertServedAsync(1, first, second);
    }

    [Fact]
    public async Task Listening_cut_off_is_taken_up_again_and_misses_nothing()
    {
        await using var host = await StartAsync();
        await RegisterAsync(host, 3);
        await host.Registry.PromoteAsync(1, "the first", Token);
        await AssertServedAsync(1, host);

        // Cut off while nobody promotes, and right before a promotion, which is then only seen by the look after the reconnection.
        await _database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");
        await host.Registry.PromoteAsync(2, "better", Token);
        await AssertServedAsync(2, host);
        await host.Registry.PromoteAsync(3, "better still", Token);
        await AssertServedAsync(3, host);
    }

    [Fact]
    public async Task Promotion_and_rollback_of_the_host_itself_reach_it_on_sqlite()
    {
        await using var host = await StartAsync(builder => builder);
        await RegisterAsync(host, 2);

        await host.Registry.PromoteAsync(1, "the first", Token);
        await AssertServedAsync(1, host);
        await host.Registry.PromoteAsync(2, "better", Token);
        await AssertServedAsync(2, host);
        await host.Registry.RollbackAsync("back", "test", cancellationToken: Token);
        await AssertServedAsync(1, host);
    }

    private static async Task AssertServedAsync(int version, params Host[] hosts)
    {
        foreach (var host in hosts)
        {
            while (host.Classifier.Serving?.Version != version)
            {
                await host.Served.ReadAsync(Token);
            }
        }
    }

    private static async Task RegisterAsync(Host host, int count)
    {
        var backbone = (await host.Services.GetRequiredService<IBackboneProvider>().GetAsync(BuiltInBackbone.DefaultId, cancellationToken: Token)).Info;
        for (var i = 0; i < count; i++)
        {
            var registration = Registrations.Small();
            await host.Registry.RegisterAsync(
                registration with
                {
                    Artifact = registration.Artifact with
                    {
                        Space = backbone.Space, BackboneSha256 = backbone.WeightsSha256, Weights = new float[backbone.Dimensions],
                    },
                },
                Token);
        }
    }

    private Task<Host> StartAsync() => StartAsync(builder => builder.UsePostgres(_database.Connect().ConnectionString));

    private async Task<Host> StartAsync(Func<DandelionMlBuilder, DandelionMlBuilder> useDatabase)
    {
        var served = Channel.CreateUnbounded<EventId>();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new NoPolling());
        services.AddLogging(logging => logging.AddProvider(new EventLog(served.Writer)));
        useDatabase(services.AddDandelionMl(options =>
        {
            options.DataDirectory = _folder.FullName;
            options.Classifier.ChampionPollInterval = TimeSpan.FromDays(1);
        })).AddChampionWatcher();
        var host = new Host(services.BuildServiceProvider(), served.Reader);
        foreach (var service in host.Services.GetServices<IHostedService>())
        {
            await service.StartAsync(Token);
        }

        foreach (var service in host.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
        {
            await service.StartedAsync(Token);
        }

        return host;
    }

    private sealed record Host(ServiceProvider Services, ChannelReader<EventId> Served) : IAsyncDisposable
    {
        public IModelRegistry Registry => Services.GetRequiredService<IModelRegistry>();

        public Classifier Classifier => Services.GetRequiredService<Classifier>();

        public async ValueTask DisposeAsync()
        {
            foreach (var service in Services.GetServices<IHostedService>())
            {
                await service.StopAsync(CancellationToken.None);
            }

            await Services.DisposeAsync();
        }
    }

    /// <summary>The system's clock, on which the poll never comes and a reconnection waits for nothing.</summary>
    private sealed class NoPolling : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(
            callback, state, dueTime < TimeSpan.FromMinutes(1) ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Passes on the ids of what is logged.</summary>
    private sealed class EventLog(ChannelWriter<EventId> events) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => events.TryWrite(eventId);

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
