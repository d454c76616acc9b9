using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>The pages of models and pipelines, looked at like those of <see cref="ScreenshotTests"/>.</summary>
public sealed class ConsoleScreenshotTests(Browser browser, ConsoleHost console) : IClassFixture<ConsoleHost>
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_page_is_sound(ColorScheme scheme)
    {
        await using var reader = await browser.OpenAsync(console.Host.Address, new BrowserNewContextOptions { ColorScheme = scheme });
        var tour = new Tour(reader, scheme.ToString().ToLowerInvariant());
        await tour.PrepareAsync();
        await reader.SignInAsync("/models");

        await tour.VisitAsync("overview", "/");
        await tour.VisitAsync("data", "/data?label=grass");
        await tour.VisitAsync("data-photo", "/data/5");
        await tour.VisitAsync("data-statistics", "/data/statistics");
        await tour.VisitAsync("models", "/models");
        await tour.VisitAsync("model", "/models/2");
        await reader.Page.GetByText("Serve version 2 …").ClickAsync();
        await reader.Page.GetByLabel("Reason (kept in the history)").FillAsync("a look at it");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Serve version 2", Exact = true }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator("dialog[open]")).ToBeVisibleAsync();
        await tour.LookAsync("model-promote-help");
        await tour.VisitAsync("model-card", "/models/2/card");
        await tour.VisitAsync("model-photos", "/models/1/photos?split=test");
        await tour.VisitAsync("models-learning-curve", "/models/learning-curve");
        await tour.VisitAsync("models-compare", "/models/compare?first=1&second=3");
        await tour.VisitAsync("pipelines", "/pipelines");
        await tour.VisitAsync("pipeline-runs", "/pipelines/runs");
        await tour.VisitAsync("pipeline-run", $"/pipelines/runs/{console.SucceededRun}");
        await tour.VisitAsync("pipeline-run-failed", $"/pipelines/runs/{console.FailedRun}");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task First_run_of_an_administrator_is_sound(ColorScheme scheme)
    {
        await using var host = await WebHost.StartAsync(withModel: false);
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { ColorScheme = scheme });
        var tour = new Tour(reader, scheme.ToString().ToLowerInvariant());
        await tour.PrepareAsync();
        await reader.SignInAsync("/");

        await tour.LookAsync("first-run-admin");
        await tour.VisitAsync("models-none", "/models");
        await tour.VisitAsync("pipelines-none", "/pipelines");
    }
}

/// <summary>A host with three versions, one of which the gate rejected, and runs that ended well and badly.</summary>
public sealed class ConsoleHost : IAsyncLifetime
{
    public WebHost Host { get; private set; } = null!;

    public long SucceededRun { get; private set; }

    public long FailedRun { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Host = await WebHost.StartAsync();
        SucceededRun = RunOf(await Host.RunAsync("pipeline", "run", "train"));
        await Host.TrainOnSwappedLabelsAsync(seed: 74);
        FailedRun = RunOf(await Host.RunAsync(1, "pipeline", "run", "ingest-dataset", "--param", $"dataset={Host.PathOf("nowhere")}"));
        await Host.RunAsync("pipeline", "run", "retrain");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static long RunOf(System.Text.Json.JsonElement outcome) => outcome.GetProperty("run").GetProperty("id").GetInt64();
}
