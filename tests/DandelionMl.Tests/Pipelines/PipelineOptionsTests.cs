using DandelionMl.Hosting;
using DandelionMl.Pipelines;
using DandelionMl.Pipelines.Scheduling;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Pipelines;

public sealed class PipelineOptionsTests
{
    private static readonly PipelineDefinition Weekly =
        new("weekly", "", new PipelineStep("only", _ => Task.CompletedTask)) { Schedule = "0 0 * * 6" };

    [Theory]
    [InlineData("Schedules:weekly", "0 25 * * *")]
    [InlineData("Schedules:weekly", "0 0 * * 6 2026")]
    [InlineData("Schedules:weekly", "on Saturdays")]
    [InlineData("Schedules:unknown", "0 0 * * *")]
    [InlineData("Schedules:ingest-dataset", "0 0 * * *")]
    [InlineData("TimeZone", "Europe/Nowhere")]
    [InlineData("PollInterval", "00:00:00")]
    [InlineData("HeartbeatInterval", "02:00:00")]
    [InlineData("AbandonedAfter", "00:00:09")]
    [InlineData("StopGracePeriod", "-00:00:01")]
    [InlineData("SweepInterval", "00:00:59")]
    [InlineData("RunRetention", "00:00:30")]
    [InlineData("LogRetention", "00:00:59")]
    [InlineData("MaxRuns", "-1")]
    public async Task Setting_that_can_not_be_is_refused_with_key_and_value(string key, string value)
    {
        await using var services = Build(($"DandelionMl:Pipelines:{key}", value));
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<DandelionMlOptions>>().Value);

        Assert.Contains($"DandelionMl:Pipelines:{key} is ", error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_of_zero_keeps_everything()
    {
        await using var defaults = Build();
        await using var services = Build(
            ("DandelionMl:Pipelines:RunRetention", "0"), ("DandelionMl:Pipelines:MaxRuns", "0"), ("DandelionMl:Pipelines:LogRetention", "0"));

        Assert.Equal((TimeSpan.FromDays(365), 1_000, TimeSpan.FromDays(90)), Limits(defaults));
        Assert.Equal((TimeSpan.Zero, 0, TimeSpan.Zero), Limits(services));

        static (TimeSpan Runs, int Most, TimeSpan Logs) Limits(ServiceProvider services)
        {
            var options = services.GetRequiredService<IOptions<DandelionMlOptions>>().Value.Pipelines;
            return (options.RunRetention, options.MaxRuns, options.LogRetention);
        }
    }

    [Fact]
    public async Task Schedule_of_a_definition_that_can_not_be_is_refused_with_its_pipeline()
    {
        var services = new ServiceCollection();
        services.AddDandelionMl().AddPipeline(new PipelineDefinition("wrong", "", Weekly.Steps) { Schedule = "every day" });
        await using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<DandelionMlOptions>>().Value);
        Assert.Contains("'wrong' is 'every day'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "UTC", "2026-03-07T00:00:00+00:00")]
    [InlineData("30 6 * * *", "America/New_York", "2026-03-02T06:30:00-05:00")]
    [InlineData("30 6 * * 0", "America/New_York", "2026-03-08T06:30:00-04:00")]
    [InlineData("0 0 29 2 *", "UTC", "2028-02-29T00:00:00+00:00")]
    [InlineData("0 0 30 2 *", "UTC", null)]
    [InlineData("", "UTC", null)]
    public async Task GetNextOccurrence_is_in_the_time_zone_configured(string? cron, string timeZone, string? expected)
    {
        await using var services = Build(
            ("DandelionMl:Pipelines:TimeZone", timeZone), cron is null ? ("x", "") : ("DandelionMl:Pipelines:Schedules:weekly", cron));
        var next = services.GetRequiredService<PipelineSchedule>().GetNextOccurrence("weekly");

        Assert.Equal(expected, next?.ToString("yyyy-MM-ddTHH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Null(services.GetRequiredService<PipelineSchedule>().GetNextOccurrence("train"));
    }

    [Fact]
    public void FindDue_after_years_of_every_minute_gives_the_last()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 30, TimeSpan.Zero));
        var options = new PipelineOptions();
        options.Schedules["weekly"] = "* * * * *";
        var schedule = new PipelineSchedule(new PipelineCatalog([Weekly]), options, time);
        var now = time.GetUtcNow();

        Assert.Equal(now.AddSeconds(-30), schedule.FindDue("weekly", now.AddYears(-5), now));
        Assert.Equal(now.AddSeconds(-30), schedule.FindDue("weekly", now.AddSeconds(-31), now));
        Assert.Null(schedule.FindDue("weekly", now.AddSeconds(-30), now));
        Assert.Null(schedule.FindDue("weekly", DateTimeOffset.MaxValue, now));
    }

    [Fact]
    public void Definition_that_can_not_be_is_refused()
    {
        var step = Weekly.Steps[0];
        Assert.Throws<ArgumentException>(() => new PipelineDefinition("Not A Name", "", step));
        Assert.Throws<ArgumentException>(() => new PipelineDefinition("none", ""));
        Assert.Throws<ArgumentException>(() => new PipelineDefinition("twice", "", step, step));
        Assert.Throws<ArgumentException>(() => new PipelineStep("a/b", _ => Task.CompletedTask));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipelineStep("ok", _ => Task.CompletedTask) { Retries = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipelineStep("ok", _ => Task.CompletedTask) { RetryDelay = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipelineStep("ok", _ => Task.CompletedTask) { MaxRetryDelay = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipelineStep("ok", _ => Task.CompletedTask) { Timeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PipelineStep("ok", _ => Task.CompletedTask) { Timeout = TimeSpan.FromDays(31) });
    }

    [Fact]
    public async Task Start_with_parameters_that_can_not_be_is_refused()
    {
        await using var services = Build();
        var runs = services.GetRequiredService<PipelineRuns>();

        await Refused<UnknownPipelineException>("nothing", [], "ingest-dataset, retrain, train, weekly");
        await Refused<InvalidPipelineParametersException>("weekly", new() { ["a"] = "1" }, "it accepts none");
        await Refused<InvalidPipelineParametersException>("ingest-dataset", [], "needs parameter 'dataset'");
        await Refused<InvalidPipelineParametersException>("ingest-dataset", new() { ["dataset"] = " " }, "needs parameter 'dataset'");
        await Refused<InvalidPipelineParametersException>("retrain", new() { ["force"] = "yes" }, "'true' and 'false' are accepted");
        await Refused<InvalidPipelineParametersException>("ingest-dataset", new() { ["dataset"] = "x", ["datset"] = "y" }, "no parameter 'datset'");
        await Refused<InvalidPipelineParametersException>("ingest-dataset", new() { ["dataset"] = "x\n\u001b[31mforged" }, "'dataset' of pipeline 'ingest-dataset' contains a control character.");
        await Refused<InvalidPipelineParametersException>("ingest-dataset", new() { ["dataset"] = "x", ["a\nb"] = "y" }, "no parameter 'a\uFFFDb'");

        async Task Refused<T>(string pipeline, Dictionary<string, string> parameters, string reason)
            where T : DandelionMlException
        {
            var thrown = await Assert.ThrowsAsync<T>(
                () => runs.StartAsync(pipeline, "alice", parameters, TestContext.Current.CancellationToken));
            Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AddPipeline_of_a_known_id_takes_its_place()
    {
        var services = new ServiceCollection();
        services.AddDandelionMl().AddPipeline(new PipelineDefinition(PipelineIds.Train, "my own", Weekly.Steps));
        services.AddDandelionMl().AddPipelineWorker().AddPipelineWorker();
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("my own", provider.GetRequiredService<PipelineCatalog>().Get(PipelineIds.Train).Description);
        Assert.Equal(2, provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>().Count(service => service is PipelineWorker or PipelineScheduler));
    }

    private static ServiceProvider Build(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero)));
        services.AddDandelionMl(configuration.GetSection("DandelionMl")).AddPipeline(Weekly);
        return services.BuildServiceProvider();
    }
}
