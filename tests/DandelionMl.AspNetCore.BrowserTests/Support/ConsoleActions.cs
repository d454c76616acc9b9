using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>What tests do on the pages of models and pipelines.</summary>
internal static class ConsoleActions
{
    private static readonly LocatorAssertionsToHaveTextOptions Patience = new() { Timeout = 120_000 };

    /// <summary>Waits until the run that is shown is at a state, with no reload of the page.</summary>
    public static Task SeesRunAsync(this Reader reader, string state) =>
        Assertions.Expect(reader.Page.Locator("#run .run-state .badge")).ToHaveTextAsync(state, Patience);

    /// <summary>Starts a pipeline from the page of pipelines.</summary>
    /// <returns>The path below the prefix of the run's page, which is shown.</returns>
    public static async Task<string> StartRunAsync(this Reader reader, string pipeline, string? dataset = null)
    {
        await reader.GotoAsync("/pipelines");
        if (dataset is not null)
        {
            await reader.Page.Locator($"#{pipeline}-dataset").FillAsync(dataset);
        }

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = $"Run now: {pipeline}" }).ClickAsync();
        await reader.Page.WaitForURLAsync("**/pipelines/runs/*");
        return new Uri(reader.Page.Url).AbsolutePath[reader.Prefix.Length..];
    }

    /// <summary>Opens a form of the page, gives a reason, and says yes.</summary>
    public static async Task ChangeChampionAsync(this Reader reader, string summary, string button, string reason)
    {
        await reader.Page.GetByText(summary).ClickAsync();
        await reader.Page.GetByLabel("Reason (kept in the history)").FillAsync(reason);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        await reader.Page.Locator("dialog[open] [data-answer=yes]").ClickAsync();
    }
}
