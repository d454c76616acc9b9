using DandelionMl.Host.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.Host.BrowserTests;

/// <summary>Every page, in light and dark, wide and narrow: nothing in the console, nothing that axe calls serious, nothing wider than the
/// screen. A picture of each is kept in the build output, to be looked at.</summary>
public sealed class ScreenshotTests(Browser browser, DemoHost demo) : IClassFixture<DemoHost>
{
    private static readonly ViewportSize Wide = new() { Width = 1280, Height = 860 };
    private static readonly ViewportSize Phone = new() { Width = 320, Height = 640 };

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Every_page_is_sound(ColorScheme scheme)
    {
        await demo.Host.UploadAsync(demo.Host.Draw(24, seed: 50), path => $"meadow {Path.GetFileName(path)}");
        var pictures = demo.Host.Draw(4, seed: 61);
        await using var reader = await browser.OpenAsync(demo.Host.Address, new BrowserNewContextOptions { ColorScheme = scheme });
        var page = reader.Page;
        var tour = new Tour(reader, scheme.ToString().ToLowerInvariant());
        await tour.PrepareAsync();

        await tour.VisitAsync("home", "/");
        await tour.VisitAsync("predict", "/predict");
        await page.Locator("#files").SetInputFilesAsync([pictures[0], pictures[^1]]);
        await Assertions.Expect(page.Locator(".verdict")).ToHaveCountAsync(2);
        await tour.LookAsync("predict-answers");
        await tour.VisitAsync("sign-in", "/sign-in");
        await tour.VisitAsync("not-found", "/nowhere", expectedComplaints: 1);

        await reader.SignInAsync("/review");
        await Assertions.Expect(page.Locator("[data-label]")).Not.ToBeEmptyAsync();
        await Assertions.Expect(page.Locator("#similar li").First).ToBeVisibleAsync();
        await tour.LookAsync("review");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("n");
        await page.Keyboard.PressAsync("2");
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#help")).ToBeVisibleAsync();
        await tour.LookAsync("review-help");
        await page.Keyboard.PressAsync("Escape");
        await tour.VisitAsync("review-history", "/review/history");
        await tour.VisitAsync("review-grid", "/review/grid");
        await Assertions.Expect(page.Locator(".grid-photo").First).ToBeVisibleAsync();
        await page.Locator("#select-by-class button").First.ClickAsync();
        await tour.LookAsync("review-grid-chosen");
        await tour.VisitAsync("home-signed-in", "/");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task First_run_and_administration_off_are_sound(ColorScheme scheme)
    {
        await using var host = await WebHost.StartAsync(withModel: false, withPassword: false);
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { ColorScheme = scheme });
        var tour = new Tour(reader, scheme.ToString().ToLowerInvariant());
        await tour.PrepareAsync();

        await tour.VisitAsync("first-run", "/");
        await tour.VisitAsync("predict-no-model", "/predict");
        await tour.VisitAsync("sign-in-off", "/review");
        Assert.Contains("set-password", await reader.Page.ContentAsync(), StringComparison.Ordinal);
    }

    /// <summary>Somebody who looks at pages closely.</summary>
    private sealed class Tour(Reader reader, string theme)
    {
        public async Task PrepareAsync() => await reader.Context.AddInitScriptAsync(
            scriptPath: Path.Combine(AppContext.BaseDirectory, "Axe", "axe-4.14.1.min.js"));

        public async Task VisitAsync(string name, string path, int expectedComplaints = 0)
        {
            await reader.GotoAsync(path);
            await reader.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await LookAsync(name, expectedComplaints);
        }

        public async Task LookAsync(string name, int expectedComplaints = 0)
        {
            foreach (var (size, suffix) in new[] { (Wide, ""), (Phone, "-phone") })
            {
                await reader.Page.SetViewportSizeAsync(size.Width, size.Height);
                var width = await reader.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
                Assert.True(width <= size.Width, $"{name} is {width} pixels wide on a screen of {size.Width}.");
                await reader.Page.ScreenshotAsync(new PageScreenshotOptions
                {
                    Path = Path.Combine(TestRoot.Screenshots, $"{name}-{theme}{suffix}.png"),
                    FullPage = !name.Contains("help", StringComparison.Ordinal),
                    Animations = ScreenshotAnimations.Disabled,
                });
                var violations = await FindViolationsAsync();
                Assert.True(violations.Length == 0, $"{name}{suffix}: {string.Join(Environment.NewLine, violations)}");
            }

            await reader.Page.SetViewportSizeAsync(Wide.Width, Wide.Height);
            var complaints = reader.TakeComplaints();
            Assert.True(complaints.Count == expectedComplaints, $"{name}: {string.Join("; ", complaints)}");
        }

        private async Task<string[]> FindViolationsAsync() => await reader.Page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run()).violations
                .filter(violation => ['serious', 'critical'].includes(violation.impact))
                .map(violation => `${violation.id}: ${violation.help}: ${violation.nodes.map(node => `${node.html} ${node.failureSummary}`).slice(0, 3).join(' | ')}`)
            """);
    }
}
