using System.Collections.Concurrent;
using DandelionMl.AspNetCore.BrowserTests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>The report of the app in <c>samples/Notebook</c>, looked at like the pages of <see cref="ScreenshotTests"/>.</summary>
public sealed class NotebookReportTests(Browser browser, NotebookReport report) : IClassFixture<NotebookReport>
{
    private static readonly string[] Sections =
    [
        "The photos", "Embeddings", "The embedding space", "The model", "The fit", "Learning curve", "Confusion matrix", "Mistakes", "Unsure answers", "Nearest neighbours",
        "Backbones compared", "When to train again",
    ];

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Report_is_sound_and_loads_nothing(ColorScheme scheme)
    {
        await using var reader = await browser.OpenAsync(report.Address, new BrowserNewContextOptions { ColorScheme = scheme });
        var requests = new ConcurrentQueue<string>();
        reader.Page.Request += (_, request) => requests.Enqueue(request.Url);
        var tour = new Tour(reader, scheme.ToString().ToLowerInvariant());
        await tour.PrepareAsync();

        await tour.VisitAsync("notebook-report", report.Address.AbsoluteUri);

        Assert.Equal(Sections, await reader.Page.Locator("h2").AllInnerTextsAsync());
        Assert.All(await reader.Page.Locator("section > p").AllInnerTextsAsync(), Assert.NotEmpty);
        // Each picture was decoded, and each plot has lines or points on it.
        var pictures = await reader.Page.Locator("img").EvaluateAllAsync<int[]>("all => all.map(picture => picture.naturalWidth)");
        Assert.True(pictures.Length >= 3 * 6 + 3 * 6, $"{pictures.Length} pictures");
        Assert.All(pictures, width => Assert.InRange(width, 1, 160));
        Assert.Equal(5, await reader.Page.GetByRole(AriaRole.Img).And(reader.Page.Locator("svg")).CountAsync());
        var points = await Section(reader, "The embedding space").Locator("svg ellipse").CountAsync();
        Assert.True(points >= 150, $"{points} points for 150 photos");
        Assert.Contains("more photos the accuracy would go from", await Section(reader, "Learning curve").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(9, await Section(reader, "Confusion matrix").Locator("td").CountAsync());
        Assert.Equal(
            ["built-in-v1", "resnet18-imagenet"],
            await Section(reader, "Backbones compared").Locator("td:first-child").AllInnerTextsAsync());
        Assert.All(requests, url => Assert.True(url == report.Address.AbsoluteUri || url.StartsWith("data:", StringComparison.Ordinal), url));
    }

    [Fact]
    public async Task App_refuses_a_folder_that_is_not_there()
    {
        var (code, _, error) = await NotebookReport.RunAsync("nowhere");

        Assert.Equal(2, code);
        Assert.Contains("There is no folder 'nowhere'.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_with_too_few_photos_says_so_in_a_sentence()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["photos/dandelion"]);

        var (code, output, error) = await NotebookReport.RunAsync(folder["photos"], folder["report.html"]);

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("There are 0 photos of 0 classes in ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(File.Exists(folder["report.html"]));
    }

    private static ILocator Section(Reader reader, string title) =>
        reader.Page.Locator("section").Filter(new() { Has = reader.Page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true }) });
}

/// <summary>A report of the pictures that the app draws when it is given no photos.</summary>
public sealed class NotebookReport : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    public Uri Address => new(_folder["report.html"]);

    public async ValueTask InitializeAsync()
    {
        var (code, output, error) = await RunAsync("", Address.LocalPath);
        Assert.True(code == 0, output + error);
    }

    /// <summary>Runs the app on the libraries of this build.</summary>
    internal static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        DandelionProcess.RunFileAsync(Path.Combine(Checkout.Path, "samples", "Notebook", "explore.cs"), arguments);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
