using System.IO.Compression;
using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

public abstract class DataTests(Browser browser, DemoHost demo)
{
    private const string Hostile = "<img src=x onerror=hacked()>&\"'";

    [Fact]
    public async Task Photo_is_found_relabelled_withdrawn_and_put_back()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        var page = reader.Page;
        await reader.SignInAsync("/data");

        await page.Locator("select[name=label]").SelectOptionAsync("grass");
        await page.Locator("select[name=state]").SelectOptionAsync("Stored");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        Assert.Equal("grass", await page.Locator("select[name=label]").InputValueAsync());
        await Assertions.Expect(page.Locator(".photo-link .label")).ToContainTextAsync(Enumerable.Repeat("grass", await page.Locator(".photo-link").CountAsync()));
        await page.Locator(".photo-link").First.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Models that used it" })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".frame img")).ToHaveJSPropertyAsync("complete", true);
        Assert.Equal(12, await page.Locator(".photo-link").CountAsync());
        var photo = page.Url;

        await page.GetByLabel("New label").FillAsync(Hostile);
        await page.GetByLabel("New class").CheckAsync();
        await ChangeAsync(page, "Change the label", "Change the label of this photo?");
        await Assertions.Expect(page.GetByRole(AriaRole.Status).First).ToHaveTextAsync("The label is changed. The next training uses it.");
        await Assertions.Expect(page.Locator(".photo-facts .word")).ToHaveTextAsync(Hostile);

        await page.GetByLabel("Reason", new() { Exact = true }).FillAsync(Hostile);
        await ChangeAsync(page, "Withdraw", "Withdraw this photo from the training set?");
        await Assertions.Expect(page.Locator("h1 .badge")).ToHaveTextAsync("withdrawn");
        await reader.GotoAsync("/data?state=withdrawn&label=" + Uri.EscapeDataString(Hostile));
        await Assertions.Expect(page.Locator(".photo-link .label")).ToHaveTextAsync([Hostile]);
        await reader.GotoAsync("/data/statistics");
        await Assertions.Expect(page.GetByRole(AriaRole.Rowheader, new() { Name = Hostile }).First).ToBeVisibleAsync();

        await reader.GotoAsync(photo);
        await ChangeAsync(page, "Put back", "Put this photo back into the training set?");
        var history = page.GetByRole(AriaRole.Region, new() { Name = "History" }).Locator("tbody tr");
        await Assertions.Expect(history.Locator(".badge")).ToHaveTextAsync(["put back", "withdrawn", "relabelled", "added"]);
        await Assertions.Expect(history.Nth(1)).ToContainTextAsync(Hostile);
        await Assertions.Expect(history.Nth(1)).ToContainTextAsync("admin");
        await Assertions.Expect(page.Locator(".done")).ToHaveTextAsync("The photo is in the training set again.");
        await reader.GotoAsync(photo + "?done=Withdraw");
        await Assertions.Expect(page.Locator(".done")).ToHaveCountAsync(0);
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Order_is_chosen_with_the_search_and_chosen_photos_are_downloaded()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        var page = reader.Page;
        await reader.SignInAsync("/data");
        await page.Locator("select[name=state]").SelectOptionAsync("Stored");
        await page.Locator("select[name=sort]").SelectOptionAsync("oldest first");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        var oldest = page.Locator(".photo-link").First;
        var address = (await oldest.GetAttributeAsync("href"))!;
        await page.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        await Assertions.Expect(page.Locator("select[name=sort]")).ToHaveValueAsync("Oldest");
        Assert.NotEqual(address, await page.Locator(".photo-link").First.GetAttributeAsync("href"));
        await page.GetByRole(AriaRole.Button, new() { Name = "First page" }).ClickAsync();
        Assert.Equal(address, await oldest.GetAttributeAsync("href"));

        var second = (await page.Locator(".photo-link").Nth(1).GetAttributeAsync("href"))!;
        await oldest.ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Previous photo" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Next photo" }).ClickAsync();
        Assert.EndsWith(second, page.Url, StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "All found" }).ClickAsync();

        await page.Locator("[name=id]").First.CheckAsync();
        await page.Locator("[name=id]").Nth(2).CheckAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Download (zip)" }).ClickAsync());
        using var archive = new ZipArchive(File.OpenRead(await download.PathAsync()));
        Assert.Equal(3, archive.Entries.Count);
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Photo_is_erased_after_a_question()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/data/11");

        await ChangeAsync(reader.Page, "Erase for good", "Erase this photo for good?");

        await Assertions.Expect(reader.Page.Locator("h1 .badge")).ToHaveTextAsync("erased");
        await Assertions.Expect(reader.Page.Locator(".done")).ToHaveTextAsync("The photo is erased.");
        await Assertions.Expect(reader.Page.Locator(".frame img")).ToHaveCountAsync(0);
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Erase for good" })).ToHaveCountAsync(0);
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Change_that_another_made_meanwhile_is_told_and_nothing_is_lost()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/data");
        await reader.GotoAsync("/data/7");
        await reader.CallAsync("post", "/images/7/withdraw", new { reason = "blurred" });

        await reader.Page.GetByLabel("Reason", new() { Exact = true }).FillAsync("blurred, too");
        await ChangeAsync(reader.Page, "Withdraw", "Withdraw this photo from the training set?");

        await Assertions.Expect(reader.Page.Locator("main [role=alert]:visible")).ToHaveTextAsync("Nothing was changed: it is already withdrawn.");
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Put back" })).ToBeVisibleAsync();
        Assert.Contains("409", Assert.Single(reader.TakeComplaints()), StringComparison.Ordinal);
        await reader.GotoAsync("/data/7?refused=notWithdrawn");
        await Assertions.Expect(reader.Page.Locator("main [role=alert]:visible")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Session_that_is_over_loses_no_change()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/data/5");
        var main = reader.Page.Locator("main");

        await reader.Context.ClearCookiesAsync();
        await reader.Page.GetByLabel("New label").FillAsync("clover");
        await reader.Page.GetByLabel("New class").CheckAsync();
        await reader.Page.GetByLabel("Reason (optional)").First.FillAsync("three leaves each");
        await ChangeAsync(reader.Page, "Change the label", "Change the label of this photo?");
        await reader.SignInAgainAsync();
        await Assertions.Expect(main.GetByRole(AriaRole.Status)).ToHaveTextAsync("The label is changed. The next training uses it.");
        await Assertions.Expect(main).ToContainTextAsync("three leaves each");

        await reader.Context.ClearCookiesAsync();
        await reader.Page.GetByLabel("Reason", new() { Exact = true }).FillAsync("it was long to write");
        await ChangeAsync(reader.Page, "Withdraw", "Withdraw this photo from the training set?");
        await reader.SignInAgainAsync();
        await Assertions.Expect(reader.Page.Locator("h1 .badge")).ToHaveTextAsync("withdrawn");
        await Assertions.Expect(main).ToContainTextAsync("it was long to write");

        await reader.Context.ClearCookiesAsync();
        await ChangeAsync(reader.Page, "Put back", "Put this photo back into the training set?");
        await reader.SignInAgainAsync();
        await Assertions.Expect(main.GetByRole(AriaRole.Status)).ToHaveTextAsync("The photo is in the training set again.");
        Assert.All(reader.TakeComplaints(), complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Search_and_changes_work_without_scripts()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address, new BrowserNewContextOptions { JavaScriptEnabled = false });
        var page = reader.Page;
        await reader.SignInAsync("/data");

        await page.GetByLabel("Source").FillAsync("PICTURES");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        Assert.NotEqual(0, await page.Locator(".photo-link").CountAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Next page" }).ClickAsync();
        Assert.Contains("source=PICTURES", page.Url, StringComparison.Ordinal);
        await page.Locator(".photo-link").First.ClickAsync();
        await page.GetByLabel("New label").FillAsync("lawn");
        await page.GetByLabel("New class").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the label" }).ClickAsync();

        Assert.Equal("lawn", await page.Locator(".photo-facts .word").InnerTextAsync());
    }

    [Fact]
    public async Task Upload_with_a_hostile_name_is_found_by_it_and_shown_as_text()
    {
        const string name = "<img src=x onerror=hacked()>&'.jpg";
        Assert.NotEqual(0, await demo.Host.UploadAsync(demo.Host.Draw(8, seed: 83), _ => name));
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/data");

        await reader.GotoAsync("/data?state=pending&source=" + Uri.EscapeDataString("onerror=HACKED()"));
        await Assertions.Expect(reader.Page.Locator(".photo-link small").First).ToHaveTextAsync(name);
        await reader.Page.Locator(".photo-link").First.ClickAsync();

        await Assertions.Expect(reader.Page.GetByText("It waits for its review")).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.Locator(".photo-facts")).ToContainTextAsync(name);
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Many_photos_are_chosen_and_relabelled_after_a_question()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/data");
        await reader.GotoAsync("/data?label=grass&state=stored");
        var boxes = reader.Page.Locator("#choose [name=id]");
        var count = await boxes.CountAsync();

        await reader.Page.GetByLabel("Select all on this page").CheckAsync();
        await Assertions.Expect(reader.Page.Locator("[data-chosen]")).ToHaveTextAsync($"({count} selected)");
        await boxes.Last.UncheckAsync();
        await reader.Page.Locator("#choose [name=label]").FillAsync("dandelion");
        await ChangeAsync(reader.Page, "Change the label", "Change the label of the selected photos?");

        await Assertions.Expect(reader.Page.Locator(".done")).ToHaveTextAsync($"Photos changed: {count - 1}");
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Label_in_doubt_is_kept_and_does_not_come_back()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        var page = reader.Page;
        await reader.SignInAsync("/data/labels");
        var doubt = page.Locator(".doubts li").First;
        await Assertions.Expect(doubt.Locator("img")).ToHaveJSPropertyAsync("complete", true);
        var seen = await doubt.Locator("input[type=hidden]").GetAttributeAsync("name");

        await doubt.GetByRole(AriaRole.Radio).First.CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Assertions.Expect(page.Locator(".done")).ToHaveTextAsync("Labels kept: 1. Labels changed: 0.");
        await Assertions.Expect(page.Locator($"input[name={seen}]")).ToHaveCountAsync(0);
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Pages_speak_french()
    {
        await using var reader = await browser.OpenAsync(demo.Host.Address);
        await reader.SignInAsync("/data");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Français" }).ClickAsync();

        foreach (var (path, heading) in new[] { ("/data", "Photos"), ("/data/statistics", "Équilibre et arrivées"), ("/data/labels", "Étiquettes douteuses"), ("/data/9", "Photo 9") })
        {
            await reader.GotoAsync(path);
            await Assertions.Expect(reader.Page.Locator("h1")).ToContainTextAsync(heading);
        }

        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Photos ressemblantes" })).ToBeVisibleAsync();
    }

    private static async Task ChangeAsync(IPage page, string button, string question)
    {
        await page.Locator(".change").GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = question });
        await dialog.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
    }
}
