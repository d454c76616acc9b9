using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

public abstract class ModelTests(Browser browser, DemoHost demo)
{
    [Fact]
    public async Task Version_trained_from_the_page_is_promoted_and_rolled_back_with_reasons()
    {
        await using var host = await WebHost.StartAsync(demo.Prefix);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/pipelines");

        await reader.StartRunAsync("train");
        await Assertions.Expect(reader.Page.Locator("#log")).ToContainTextAsync("Model version 2, accuracy");
        await reader.SeesRunAsync("model rejected");
        await Assertions.Expect(reader.Page.Locator(".outcome")).ToContainTextAsync("Version 2 was rejected by the gate.");
        await Assertions.Expect(reader.Page.Locator(".outcome")).ToContainTextAsync("Version 1 goes on serving.");
        await reader.GotoAsync("/pipelines");
        await Assertions.Expect(reader.Page.Locator("#graph-train .outcome")).ToContainTextAsync("Version 2 was rejected by the gate.");
        await Assertions.Expect(reader.Page.Locator("#newest-runs .badge").First).ToHaveTextAsync("model rejected");
        await reader.GotoAsync("/models");
        await Assertions.Expect(reader.Page.Locator(".outcome")).ToContainTextAsync("Version 2 was rejected by the gate.");
        await reader.GotoAsync("/pipelines/runs/1");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Look at version 2" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 2 rejected");
        await Assertions.Expect(reader.Page.Locator(".tiles a")).ToHaveAttributeAsync("href", "pipelines/runs/1");
        await Assertions.Expect(reader.Page.Locator(".outcome")).ToContainTextAsync("Version 1 goes on serving.");
        await Assertions.Expect(reader.Page.Locator("main")).ToContainTextAsync("a tie, and it was not trained on more data");

        await reader.ChangeChampionAsync("Serve version 2 …", "Serve version 2", "the drill of <b>today</b>");
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 2 champion");
        await Assertions.Expect(reader.Page.Locator(".done")).ToHaveTextAsync("Version 2 is served now.");
        await Assertions.Expect(reader.Page.Locator("main")).ToContainTextAsync("the drill of <b>today</b>");
        await reader.ChangeChampionAsync("Back to version 1 …", "Serve version 1", "the drill is over");
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 1 champion");
        await Assertions.Expect(reader.Page.Locator("main")).ToContainTextAsync("the drill is over");

        await reader.GotoAsync("/models");
        await Assertions.Expect(reader.Page.Locator("tbody tr:visible")).ToHaveCountAsync(2);
        await Assertions.Expect(reader.Page.Locator("tbody tr").Nth(0)).ToContainTextAsync("archived");

        // The chart tells the version that is served from the one that was, and the same as a table.
        await Assertions.Expect(reader.Page.Locator(".versions svg[role=img] .Served title")).ToHaveTextAsync(new Regex("^Version 1: .+% \\(.+% to .+%\\); test photos: \\d+$"));
        await Assertions.Expect(reader.Page.Locator(".versions svg[role=img] .Before title")).ToContainTextAsync("Version 2: ");
        await reader.Page.GetByText("The numbers").ClickAsync();
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Region, new() { Name = "Test accuracy by version" }).Locator("tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(reader.Page.Locator("main")).ToContainTextAsync("Versions that were tested on different photos are not comparable");
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Model_card_is_printed_on_one_page_and_downloaded_as_Markdown()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/models/1");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Model card" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Model card: version 1");
        await reader.Page.EvaluateAsync("() => { window.print = () => { window.printed = true; }; }");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Print" }).ClickAsync();
        Assert.True(await reader.Page.EvaluateAsync<bool>("() => printed"));

        var download = await reader.Page.RunAndWaitForDownloadAsync(() => reader.Page.GetByRole(AriaRole.Button, new() { Name = "Download as Markdown" }).ClickAsync());
        Assert.Equal("model-card-1.md", download.SuggestedFilename);

        await reader.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Assertions.Expect(reader.Page.Locator(".site-header, .site-footer, .acts").First).ToBeHiddenAsync();
        var pdf = System.Text.Encoding.Latin1.GetString(await reader.Page.PdfAsync(new() { Format = "A4", PreferCSSPageSize = true }));
        Assert.Single(Regex.Matches(pdf, @"/Type\s*/Page\b"));
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Note_is_written_changed_and_survives_the_end_of_the_session()
    {
        await using var host = await WebHost.StartAsync(demo.Prefix);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/models/1");
        await reader.Page.GetByText("Add a note …").ClickAsync();
        await reader.Page.GetByLabel("Note, at most").FillAsync("for the spring");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Save the note" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator(".model-note")).ToContainTextAsync("for the spring");
        await Assertions.Expect(reader.Page.Locator(".model-note footer")).ToContainTextAsync("admin");

        await reader.Page.GetByText("Change the note …").ClickAsync();
        await reader.Page.GetByLabel("Note, at most").FillAsync("for the summer");
        await reader.Context.ClearCookiesAsync();
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Save the note" }).ClickAsync();
        await reader.SignInAgainAsync();
        await Assertions.Expect(reader.Page.Locator(".model-note")).ToContainTextAsync("for the summer");
        await Assertions.Expect(reader.Page.Locator(".done")).ToHaveTextAsync("The note is saved.");
    }

    [Fact]
    public async Task Promotion_of_a_page_that_is_out_of_date_is_refused_in_words_and_the_reason_stays()
    {
        await using var host = await WebHost.StartAsync(demo.Prefix);
        await host.RunAsync("train", "--no-promote");
        await host.RunAsync("train", "--no-promote");
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/models/3");
        await host.RunAsync("models", "promote", "2", "--reason", "somebody was faster");

        await reader.ChangeChampionAsync("Serve version 3 …", "Serve version 3", "it is mine");

        await Assertions.Expect(reader.Page.Locator("form [role=alert]:visible")).ToContainTextAsync("Not done:");
        Assert.Equal("it is mine", await reader.Page.GetByLabel("Reason (kept in the history)").InputValueAsync());
        await reader.GotoAsync("/models/3");
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 3 candidate");
        Assert.All(reader.TakeComplaints(), complaint => Assert.Contains("409", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Promotion_and_rollback_work_without_scripts_and_tell_a_stale_page()
    {
        await using var host = await WebHost.StartAsync(demo.Prefix);
        await host.RunAsync("train", "--no-promote");
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { JavaScriptEnabled = false });
        await reader.SignInAsync("/models/2");
        await using var late = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { JavaScriptEnabled = false });
        await late.SignInAsync("/models");

        await SendAsync(reader, "Serve version 2 …", "Serve version 2", "by hand");
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 2 champion");
        await SendAsync(reader, "Back to version 1 …", "Serve version 1", "by hand, too");
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 1 champion");

        // Nothing is before version 1 again: the list offers no way back, and a form of before would be refused.
        await late.GotoAsync("/models");
        await Assertions.Expect(late.Page.GetByText("Back to version")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Session_that_is_over_loses_no_reason()
    {
        await using var host = await WebHost.StartAsync(demo.Prefix);
        await host.RunAsync("train", "--no-promote");
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/models/2");
        await reader.Context.ClearCookiesAsync();

        await reader.ChangeChampionAsync("Serve version 2 …", "Serve version 2", "it was long to write");
        await reader.SignInAgainAsync();

        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 2 champion");
        await Assertions.Expect(reader.Page.Locator("main")).ToContainTextAsync("it was long to write");
        Assert.All(reader.TakeComplaints(), complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Versions_are_compared_photo_by_photo_and_lineage_shows_each()
    {
        await demo.Host.TrainOnSwappedLabelsAsync(seed: 73);
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/models");

        await reader.Page.GetByLabel("One", new() { Exact = true }).SelectOptionAsync("1");
        await reader.Page.GetByLabel("The other").SelectOptionAsync("2");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync("Version 1 and version 2");
        await Assertions.Expect(reader.Page.Locator("table.confusion")).ToHaveCountAsync(2);
        await Assertions.Expect(reader.Page.Locator(".answer").First).ToContainTextAsync(new Regex("version 1: \u2068(dandelion|grass)\u2069 \\("));
        await SeesPicturesAsync(reader);

        await reader.GotoAsync("/models/1");
        await reader.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Test photos of grass: ") }).ClickAsync();
        var count = await reader.Page.Locator(".photo-grid > li").CountAsync();
        await Assertions.Expect(reader.Page.GetByText($"Photos: {count}", new() { Exact = true })).ToBeVisibleAsync();
        await SeesPicturesAsync(reader);

        await reader.GotoAsync("/models/1");
        var cell = reader.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Test photos of \u2068grass\u2069 taken for \u2068grass\u2069: ") });
        var counted = await cell.InnerTextAsync();
        await cell.ClickAsync();
        await Assertions.Expect(reader.Page.GetByText($"Photos: {counted}", new() { Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.GetByLabel("Taken for")).ToHaveValueAsync("grass");
        await reader.Page.GetByLabel("Taken for").SelectOptionAsync("dandelion");
        await reader.Page.GetByLabel("Both", new() { Exact = true }).CheckAsync();
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await Assertions.Expect(reader.Page.GetByLabel("Both", new() { Exact = true })).ToBeCheckedAsync();
        await Assertions.Expect(reader.Page.GetByLabel("Taken for")).ToHaveValueAsync("dandelion");

        var download = await reader.Page.RunAndWaitForDownloadAsync(async () =>
        {
            await reader.GotoAsync("/models/1");
            await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Download the artifact" }).ClickAsync();
        });
        Assert.True(new FileInfo((await download.PathAsync())!).Length > 1_000);
        Assert.Empty(reader.TakeComplaints());
    }

    private static async Task SeesPicturesAsync(Reader reader)
    {
        var picture = reader.Page.Locator(".photo-grid img").First;
        await picture.ScrollIntoViewIfNeededAsync();
        await reader.Page.WaitForFunctionAsync("() => document.querySelector('.photo-grid img').naturalWidth > 1");
    }

    private static async Task SendAsync(Reader reader, string summary, string button, string reason)
    {
        await reader.Page.GetByText(summary).ClickAsync();
        await reader.Page.GetByLabel("Reason (kept in the history)").FillAsync(reason);
        await reader.Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }
}
