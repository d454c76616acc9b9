using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>Several people review, some of them at one browser.</summary>
public abstract class ReviewTogetherTests(Browser browser, string prefix)
{
    [Fact]
    public async Task Decision_that_waits_is_sent_in_no_other_name()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var reader = await browser.OpenAsync(host.Address);
        reader.Page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await reader.SignInAsync();
        var first = await reader.PhotoAsync();
        await reader.Context.ClearCookiesAsync(new() { Name = "dandelion-session" });
        await reader.Page.Keyboard.PressAsync("Enter");

        // The dialog is for the person whose decision waits, and for no other.
        var dialog = reader.Page.GetByRole(AriaRole.Dialog, new() { Name = "Your session is over" });
        await Assertions.Expect(dialog.GetByLabel("Name")).ToHaveValueAsync("admin");
        Assert.NotNull(await dialog.GetByLabel("Name").GetAttributeAsync("readonly"));
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Not now" }).ClickAsync();

        await reader.SignInAsync("/review", "anna");
        await Assertions.Expect(reader.Page.Locator(".notice").First).ToContainTextAsync("Decisions of admin, not sent yet: 1.");
        Assert.Empty(await reader.EventsAsync(first));

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await reader.SignInAsync("/review", "admin");
        await reader.SavedAsync();
        Assert.Equal("admin: confirm", Assert.Single(await reader.EventsAsync(first))[..14]);
    }

    [Fact]
    public async Task Page_of_one_person_sends_nothing_in_the_session_of_another()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var first = await reader.PhotoAsync();

        // In another tab of the same browser anna signs in.
        var tab = await reader.Context.NewPageAsync();
        await tab.GotoAsync($"{prefix}/review/history");
        await tab.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await tab.GotoAsync($"{prefix}/sign-in");
        await tab.GetByLabel("Name").First.FillAsync("anna");
        await tab.GetByLabel("Password").First.FillAsync(WebHost.Password);
        await tab.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(tab.Locator(".who")).ToHaveTextAsync("anna");

        await reader.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(reader.Page.Locator(".notice").First).ToContainTextAsync("anna is signed in now; this page belongs to admin.");
        Assert.Empty(await reader.EventsAsync(first));
    }

    [Fact]
    public async Task Grid_keeps_its_photos_while_it_is_looked_at()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(4);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/review/history");
        await reader.Page.Clock.InstallAsync();
        await reader.GotoAsync("/review/grid");
        await Assertions.Expect(reader.Page.Locator(".grid-photo")).ToHaveCountAsync(4);
        var before = await FreeFromAsync(reader);

        await reader.Page.RunAndWaitForResponseAsync(
            () => reader.Page.Clock.FastForwardAsync(125_000), response => response.Url.EndsWith("/review/take", StringComparison.Ordinal));

        Assert.True(await FreeFromAsync(reader) > before);
        await Assertions.Expect(reader.Page.Locator(".grid-photo")).ToHaveCountAsync(4);
    }

    [Fact]
    public async Task Photos_that_went_to_another_are_told_in_one_notice()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(6);
        await using var admin = await browser.OpenAsync(host.Address);
        await using var anna = await browser.OpenAsync(host.Address);
        await admin.SignInAsync("/review/grid");
        await Assertions.Expect(admin.Page.Locator(".grid-photo")).ToHaveCountAsync(6);
        await anna.SignInAsync("/review/history", "anna");
        await admin.CallAsync("post", "/review/release", new { });
        await anna.CallAsync("post", "/review/take", new { count = 6 });

        for (var photo = 0; photo < 5; photo++)
        {
            await admin.Page.Locator(".grid-photo").Nth(photo).ClickAsync();
        }

        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm 5 labels" }).ClickAsync();
        await Assertions.Expect(admin.Page.Locator(".notice.error")).ToHaveCountAsync(1);
        await Assertions.Expect(admin.Page.Locator(".notice.error")).ToContainTextAsync("Photos that are with anna now: 5");
    }

    [Fact]
    public async Task Reviewer_who_gets_none_is_told_who_has_them_and_until_when()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var admin = await browser.OpenAsync(host.Address);
        await using var anna = await browser.OpenAsync(host.Address);
        await admin.SignInAsync("/review/grid");
        await Assertions.Expect(admin.Page.Locator(".grid-photo")).ToHaveCountAsync(3);

        await anna.SignInAsync("/review", "anna");
        await Assertions.Expect(anna.Page.Locator("#empty")).ToContainTextAsync("Photos with other reviewers (admin): 3. The first come free at ");
        await anna.GotoAsync("/review/grid");
        await Assertions.Expect(anna.Page.Locator("#empty")).ToContainTextAsync("Photos with other reviewers (admin): 3.");
        await Assertions.Expect(anna.Page.GetByRole(AriaRole.Button, new() { Name = "More photos" })).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Grid_asks_again_once_photos_of_another_come_free()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var admin = await browser.OpenAsync(host.Address);
        await using var anna = await browser.OpenAsync(host.Address);
        await admin.SignInAsync("/review/grid");
        await Assertions.Expect(admin.Page.Locator(".grid-photo")).ToHaveCountAsync(3);
        await anna.SignInAsync("/review/history", "anna");
        await anna.Page.Clock.InstallAsync();
        await anna.GotoAsync("/review/grid");
        await Assertions.Expect(anna.Page.Locator("#empty")).ToContainTextAsync("Photos with other reviewers (admin): 3.");
        await admin.GotoAsync("/review/history");
        await admin.CallAsync("post", "/review/release", new { });

        await anna.Page.Clock.FastForwardAsync(3_600_000);

        await Assertions.Expect(anna.Page.Locator(".grid-photo")).ToHaveCountAsync(3);
    }

    private static async Task<DateTimeOffset> FreeFromAsync(Reader reader)
    {
        var holders = await reader.CallAsync("get", "/review/holders");
        return Assert.Single(holders.EnumerateArray()).GetProperty("freeFrom").GetDateTimeOffset();
    }
}
