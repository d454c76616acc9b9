using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>The page that tells whether the served model is well.</summary>
public sealed class MonitoringTests(Browser browser)
{
    private const int Photos = 80;

    /// <summary>Photos are looked at every 15 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Drift_is_shown_explained_and_acknowledged()
    {
        await using var host = await WebHost.StartAsync();
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { ColorScheme = ColorScheme.Light });
        var light = new Tour(reader, "light");
        await light.PrepareAsync();
        await reader.SignInAsync("/monitoring");
        await Assertions.Expect(reader.Page.Locator(".drift")).ToContainTextAsync("has not classified any photos yet");
        await light.LookAsync("monitoring-none");

        await host.UploadAsync(host.Draw(4, seed: 91));
        await SendNoiseAsync(host);
        await SeesDriftAsync(reader);

        var drift = reader.Page.Locator(".drift");
        await Assertions.Expect(drift).ToContainTextAsync("Photos look less like the training photos than they should.");
        await Assertions.Expect(drift.Locator(".unlike li")).ToHaveCountAsync(12);
        await Assertions.Expect(reader.Page.Locator("[aria-labelledby=traffic] .tiles")).ToContainTextAsync($"with photos to classify: {Photos + 4}");
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Img, new() { Name = "Time to answer a prediction, by the hour" })).ToBeVisibleAsync();
        var named = reader.Page.Locator("[aria-labelledby=named-classes]");
        await Assertions.Expect(named).ToContainTextAsync("of them have their own class among those.");
        await Assertions.Expect(named.GetByRole(AriaRole.Img, new() { Name = "Classes named" })).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Img, new() { Name = "Unknown photos" })).ToBeVisibleAsync();
        await light.LookAsync("monitoring");
        await reader.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await new Tour(reader, "dark").VisitAsync("monitoring", "/monitoring");

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge, and watch anew" }).ClickAsync();
        await Assertions.Expect(drift.Locator(".badge")).ToHaveTextAsync("no drift");
        await Assertions.Expect(drift).ToContainTextAsync("Acknowledged by admin.");
        Assert.Empty(reader.TakeComplaints());
    }

    private static async Task SendNoiseAsync(WebHost host)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        for (var seed = 0; seed < Photos; seed++)
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(Drawings.Noise(seed)), "file", "noise.jpg" } };
            using var response = await client.PostAsync(new Uri("predict", UriKind.Relative), form, TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
        }
    }

    private static async Task SeesDriftAsync(Reader reader)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (await reader.Page.Locator(".drift .badge.failed").CountAsync() == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), limit.Token);
            await reader.GotoAsync("/monitoring");
        }
    }
}
