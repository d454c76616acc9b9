using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

public abstract class FirstRunTests(Browser browser, string prefix)
{
    [Fact]
    public async Task Demo_pictures_are_loaded_and_trained_on_from_the_first_page_with_live_progress()
    {
        await using var host = await WebHost.StartAsync(prefix, withModel: false);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/");

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Load and train: Demo pictures" }).ClickAsync();
        await reader.Page.WaitForURLAsync("**/pipelines/runs/1");
        await Assertions.Expect(reader.Page.Locator("#log")).ToContainTextAsync("of 200 photos.");
        await reader.SeesRunAsync("succeeded");
        await reader.Page.GetByRole(AriaRole.Link, new() { Name = "Version 1" }).ClickAsync();

        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 1 champion");

        // The process that serves takes the new champion over within two seconds.
        await reader.Page.WaitForFunctionAsync(
            "async () => (await (await fetch(document.baseURI, { headers: { Accept: 'application/json' } })).json()).model !== null");
        await reader.GotoAsync("/");
        await Assertions.Expect(reader.Page.GetByText("The model in service")).ToBeVisibleAsync();
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Folder_is_loaded_without_scripts_too()
    {
        await using var host = await WebHost.StartAsync(prefix, withModel: false);
        host.Draw(8, seed: 71);
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { JavaScriptEnabled = false });
        await reader.SignInAsync("/");

        await reader.Page.GetByLabel("Folder on the server").FillAsync(host.PathOf("drawn-71"));
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Load and train: Your own photos" }).ClickAsync();

        Assert.EndsWith("/pipelines/runs/1", reader.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(reader.Page.GetByText(host.PathOf("drawn-71"))).ToBeVisibleAsync();
        await reader.GotoAsync("/");
        await Assertions.Expect(reader.Page.Locator("main")).ToContainTextAsync("Follow run");
    }
}
