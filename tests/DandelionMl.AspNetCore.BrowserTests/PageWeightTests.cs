using System.Collections.Concurrent;
using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>How much a page weighs, and, printed only, how soon something is to be seen.</summary>
public sealed class PageWeightTests(Browser browser, DemoHost demo) : IClassFixture<DemoHost>
{
    private const int MostBytes = 500_000;

    [Theory]
    [InlineData("/")]
    [InlineData("/predict")]
    [InlineData("/review")]
    [InlineData("/review/grid")]
    [InlineData("/review/history")]
    public async Task Page_without_photos_weighs_less_than_500_kB(string path)
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/");
        await using var cold = await browser.OpenAsync(demo.Host.Address, new BrowserNewContextOptions { StorageState = await reader.Context.StorageStateAsync() });
        var responses = new ConcurrentQueue<IResponse>();
        cold.Page.Response += (_, response) => responses.Enqueue(response);
        await cold.GotoAsync(path);
        await cold.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var bytes = 0L;
        foreach (var response in responses.Where(response => !response.Url.Contains("picture", StringComparison.Ordinal)))
        {
            bytes += (await response.BodyAsync()).Length;
        }

        var paint = await cold.Page.EvaluateAsync<double>(
            "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1");

        TestContext.Current.TestOutputHelper?.WriteLine($"{path}: {bytes / 1000.0:0} kB, first contentful paint after {paint:0} ms");
        Assert.InRange(bytes, 1, MostBytes);
    }
}
