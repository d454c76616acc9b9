using System.Diagnostics.Metrics;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Hosting;
using DandelionMl.Imaging;
using DandelionMl.Pipelines;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using DandelionMl.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tests.Hosting;

public sealed class KeyedDandelionMlTests : IDisposable
{
    private static readonly byte[] Red = [255, 0, 0];
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceCollection _services = [];

    [Fact]
    public async Task AddKeyedDandelionMl_two_classifiers_learn_and_answer_beside_each_other()
    {
        Add("plants", options => (options.Training.Method, options.Training.Epochs) = (HeadMethod.Reference, 7));
        Add("dogs", options => (options.Training.Method, options.Training.Epochs) = (HeadMethod.Reference, 9));
        await using var provider = _services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        var plants = await LearnAsync(provider, "plants", ("grass", 1), ("poppy", 0));
        var dogs = await LearnAsync(provider, "dogs", ("beagle", 1), ("setter", 0));

        Assert.Equal((7, 9), (plants.Epochs.Count, dogs.Epochs.Count));
        var application = ActivatorUtilities.CreateInstance<Application>(provider);
        Assert.Equal("poppy", (await application.Plants.ClassifyAsync(Red, Token)).Label);
        Assert.Equal("setter", (await application.Dogs.ClassifyAsync(Red, Token)).Label);
        Assert.Null(provider.GetService<IImageClassifier>());
    }

    [Fact]
    public void AddKeyedDandelionMl_every_door_of_the_loop_is_found_by_the_key_and_only_there()
    {
        Add("plants");
        using var keyed = _services.BuildServiceProvider();
        var unnamed = new ServiceCollection();
        unnamed.AddDandelionMl(options => options.DataDirectory = Path.Combine(_folder.Path, "unnamed"));
        var doors = unnamed.Select(item => item.ServiceType)
            .Where(type => type.IsPublic && type.Assembly == typeof(Trainer).Assembly).Distinct().ToList();

        Assert.Contains(typeof(IPromotionGate), doors);
        Assert.All(doors, door => Assert.Same(keyed.GetRequiredKeyedService(door, "plants"), keyed.GetRequiredKeyedService(door, "plants")));
        Assert.All(doors, door => Assert.Null(keyed.GetService(door)));
    }

    [Fact]
    public async Task AddKeyedDandelionMl_beside_one_without_a_key_shares_nothing_with_it()
    {
        _services.AddDandelionMl(options => options.DataDirectory = Path.Combine(_folder.Path, "unnamed"));
        Add("plants");
        await using var provider = _services.BuildServiceProvider();

        await TestStores.AddAsync(
            provider.GetRequiredService<IImageStore>(), provider.GetRequiredService<IImageCatalog>(), "grass", [0, 255, 0]);

        Assert.Single(await provider.GetRequiredService<IImageCatalog>().ListAsync(ImageState.Stored, Token).ToListAsync(Token));
        Assert.Empty(await provider.GetRequiredKeyedService<IImageCatalog>("plants").ListAsync(ImageState.Stored, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task AddKeyedDandelionMl_part_that_the_application_registered_under_the_key_is_the_loops()
    {
        var registry = new FakeRegistry();
        registry.Promote(["red", "green"]);
        _services.AddKeyedSingleton<IModelRegistry>("plants", registry);
        Add("plants");
        await using var provider = _services.BuildServiceProvider();

        Assert.Same(registry, provider.GetRequiredKeyedService<IModelRegistry>("plants"));
        Assert.Equal("red", (await provider.GetRequiredKeyedService<IImageClassifier>("plants").ClassifyAsync(Red, Token)).Label);
    }

    [Fact]
    public async Task AddKeyedDandelionMl_runs_a_learning_loop_a_key_with_the_host()
    {
        var log = new Note();
        _services.AddSingleton(log);
        foreach (var key in (string[])["plants", "dogs"])
        {
            Add(key, options => options.Pipelines.PollInterval = TimeSpan.FromMilliseconds(100)).AddLearningLoop()
                .AddPipeline(new PipelineDefinition("note", "Takes a note.", new PipelineStep<NoteStep>("note")));
        }

        await using var provider = _services.BuildServiceProvider();
        var hosted = provider.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
        {
            await service.StartAsync(Token);
        }

        foreach (var key in (string[])["plants", "dogs"])
        {
            await provider.GetRequiredKeyedService<PipelineRuns>(key).StartAsync("note", startedBy: "test", cancellationToken: Token);
        }

        Assert.True(await log.Taken.WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.True(await log.Taken.WaitAsync(TimeSpan.FromSeconds(60), Token));
        foreach (var service in hosted)
        {
            await service.StopAsync(Token);
        }
    }

    [Fact]
    public async Task AddKeyedDandelionMl_services_of_the_loop_are_told_when_the_host_has_started_all_and_before_it_stops_any()
    {
        var told = new Told();
        Add("plants", _ => { }).Services.AddSingleton<IHostedService>(told);
        await using var provider = _services.BuildServiceProvider();
        var host = Assert.Single(provider.GetServices<IHostedService>());
        await host.StartAsync(Token);

        Assert.False(told.IsStarted);
        await ((IHostedLifecycleService)host).StartedAsync(Token);
        Assert.True(told.IsStarted);

        await ((IHostedLifecycleService)host).StoppingAsync(Token);
        Assert.True(told.IsStopping);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task AddKeyedDandelionMl_settings_are_checked_when_the_host_starts()
    {
        Add("plants", options => options.Training.Epochs = 0);
        await using var provider = _services.BuildServiceProvider();

        var host = Assert.Single(provider.GetServices<IHostedService>());
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));

        Assert.Contains("Epochs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddKeyedDandelionMl_data_directory_of_another_loop_is_refused()
    {
        var shared = Path.Combine(_folder.Path, "shared");
        _services.AddKeyedDandelionMl("plants", options => options.DataDirectory = shared);
        _services.AddKeyedDandelionMl("dogs", options => options.DataDirectory = shared + "/");
        using var provider = _services.BuildServiceProvider();

        Assert.NotNull(provider.GetRequiredKeyedService<Trainer>("plants"));
        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredKeyedService<Trainer>("dogs"));

        Assert.Contains("'dogs'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'plants'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("..")]
    public void AddKeyedDandelionMl_key_that_names_no_folder_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => _services.AddKeyedDandelionMl(key));

    [Fact]
    public void AddKeyedDandelionMl_key_twice_is_refused()
    {
        Add("plants");

        Assert.Throws<ArgumentException>(() => Add("plants"));
    }

    [Fact]
    public void AddKeyedDandelionMl_builder_reads_the_section_of_the_key()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DandelionMl:plants:DataDirectory"] = Path.Combine(_folder.Path, "configured"),
            ["DandelionMl:plants:Retraining:MinimumNewImages"] = "3",
        });
        builder.AddKeyedDandelionMl("plants");
        using var provider = builder.Services.BuildServiceProvider();

        var decision = provider.GetRequiredKeyedService<IRetrainPolicy>("plants")
            .Decide(new RetrainSituation { NewImages = new Dictionary<string, int> { ["grass"] = 3 }, Now = DateTimeOffset.UnixEpoch });

        Assert.True(decision.ShouldRetrain);
    }

    [Fact]
    public async Task AddKeyedDandelionMl_meters_say_which_loop_measures()
    {
        Add("plants");
        await using var provider = _services.BuildServiceProvider();
        var keys = new List<object?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "DandelionMl" && instrument.Meter.Scope == provider.GetRequiredService<IMeterFactory>())
                {
                    keys.Add(instrument.Meter.Tags?.Single().Value);
                }
            },
        };
        listener.Start();

        await provider.GetRequiredKeyedService<RetrainCheck>("plants").DecideAsync(cancellationToken: Token);

        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Equal("plants", key));
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DandelionMlBuilder Add(string key, Action<DandelionMlOptions>? configure = null)
    {
        var builder = _services.AddKeyedDandelionMl(key, options =>
        {
            (options.DataDirectory, options.Backbone) = (Path.Combine(_folder.Path, key), "fake");
            configure?.Invoke(options);
        });
        builder.Services.AddSingleton<IBackboneProvider>(new FakeBackbone());
        builder.Services.AddSingleton<IImageDecoder, FakeImageDecoder>();
        return builder;
    }

    private static async Task<TrainingResult> LearnAsync(IServiceProvider provider, string key, params (string Label, int Channel)[] classes)
    {
        await TestStores.AddColoursAsync(
            provider.GetRequiredKeyedService<IImageStore>(key), provider.GetRequiredKeyedService<IImageCatalog>(key), 40, classes);
        var result = await provider.GetRequiredKeyedService<Trainer>(key).TrainAsync(cancellationToken: Token);
        await provider.GetRequiredKeyedService<IModelRegistry>(key)
            .PromoteAsync(result.Version.Version, "for this test", "test", cancellationToken: Token);
        return result;
    }

    private sealed class Application(
        [FromKeyedServices("plants")] IImageClassifier plants, [FromKeyedServices("dogs")] IImageClassifier dogs)
    {
        public IImageClassifier Plants => plants;

        public IImageClassifier Dogs => dogs;
    }

    /// <summary>A service of the application's that steps of a loop use.</summary>
    private sealed class Note
    {
        public SemaphoreSlim Taken { get; } = new(0);
    }

    private sealed class NoteStep(Note note, Trainer ofTheLoop) : IPipelineStep
    {
        public Task RunAsync(PipelineContext context)
        {
            ArgumentNullException.ThrowIfNull(ofTheLoop);
            note.Taken.Release();
            return Task.CompletedTask;
        }
    }

    private sealed class Told : IHostedLifecycleService
    {
        public bool IsStarted { get; private set; }

        public bool IsStopping { get; private set; }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken)
        {
            IsStarted = true;
            return Task.CompletedTask;
        }

        public Task StoppingAsync(CancellationToken cancellationToken)
        {
            IsStopping = true;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
