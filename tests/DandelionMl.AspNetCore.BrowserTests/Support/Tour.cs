using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>Somebody who looks at pages closely.</summary>
internal sealed class Tour(Reader reader, string theme)
{
    private static readonly ViewportSize Wide = new() { Width = 1280, Height = 860 };
    private static readonly ViewportSize Phone = new() { Width = 320, Height = 640 };

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
            .filter(violation => ['serious', 'critical'].includes(violation.impact) || violation.id === 'landmark-unique')
            .map(violation => `${violation.id}: ${violation.help}: ${violation.nodes.map(node => `${node.html} ${node.failureSummary}`).slice(0, 3).join(' | ')}`)
        """);
}
