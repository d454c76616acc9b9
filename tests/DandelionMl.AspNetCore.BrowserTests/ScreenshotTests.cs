using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>Every page, in light and dark, wide and narrow: nothing in the console, nothing that axe calls serious, nothing wider than the
/// screen. A picture of each is kept in the build output, to be looked at.</summary>
public sealed class ScreenshotTests(Browser browser, DemoHost demo) : IClassFixture<DemoHost>
{
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
        await tour.VisitAsync("erase", "/erase");
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
        await tour.VisitAsync("review-history-found", "/review/history?decision=confirm&from=2001-01-01");
        await tour.VisitAsync("review-grid", "/review/grid");
        await Assertions.Expect(page.Locator(".grid-photo").First).ToBeVisibleAsync();
        await page.Locator("#select-by-class button").First.ClickAsync();
        await tour.LookAsync("review-grid-chosen");
        await tour.VisitAsync("data", "/data");
        await tour.VisitAsync("data-nothing", "/data?source=nowhere&state=withdrawn&from=2001-01-01");
        await tour.VisitAsync("data-statistics", "/data/statistics");
        await tour.VisitAsync("data-labels", "/data/labels");
        await tour.VisitAsync("data-photo", "/data/3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).WaitForAsync();
        await page.GetByLabel("Reason", new() { Exact = true }).FillAsync("blurred");
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw" }).ClickAsync();
        await tour.LookAsync("data-photo-withdraw-help");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await tour.VisitAsync("home-signed-in", "/");
        await tour.VisitAsync("settings", "/settings");
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
}
