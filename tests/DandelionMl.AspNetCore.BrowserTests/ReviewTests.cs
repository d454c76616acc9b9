using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.BrowserTests.Support;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

public abstract class ReviewTests(Browser browser, string prefix)
{
    [Fact]
    public async Task Review_of_20_photos_by_keys_alone_stands_in_the_order_it_was_done()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(20);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.GotoAsync("/review");

        // Sign in by keys: Tab into the form, type, Enter.
        await reader.Page.GetByLabel("Name").First.FocusAsync();
        await reader.Page.Keyboard.PressAsync("Tab");
        await reader.Page.Keyboard.TypeAsync(WebHost.Password);
        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Page.WaitForURLAsync("**/review");

        string[] keys = ["Enter", " ", "1", "2", "n", "u"];
        var photos = new List<string>();
        for (var index = 0; index < 20; index++)
        {
            photos.Add(await reader.PhotoAsync());
            await reader.PressAsync(keys[index % keys.Length]);
        }

        await reader.SavedAsync();
        Assert.Equal(20, photos.Distinct().Count());
        string[] expected = ["confirm", "confirm", "dandelion", "grass", "noneOfThese", "unusable"];
        for (var index = 0; index < 20; index++)
        {
            Assert.Contains(expected[index % keys.Length], Assert.Single(await reader.EventsAsync(photos[index])), StringComparison.Ordinal);
        }

        var status = await reader.CallAsync("get", "/review");
        Assert.Equal(20, status.GetProperty("validated").GetInt32() + status.GetProperty("rejected").GetInt32());
        await Assertions.Expect(reader.Page.Locator("#empty")).ToContainTextAsync("No photos wait for review.");
        await Assertions.Expect(reader.Page.Locator("[data-retraining]")).ToContainTextAsync(new Regex("[Nn]ew photos"));
        await reader.GotoAsync("/review/history");
        Assert.Equal(20, await reader.Page.Locator("tbody tr:not(details *)").CountAsync());
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Photo_that_the_model_was_not_taught_is_marked()
    {
        await using var host = await WebHost.StartAsync(prefix);
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["stripes.png"], Drawings.Stripes(), TestContext.Current.CancellationToken);
        await host.UploadAsync([folder["stripes.png"]]);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/review");

        await reader.PhotoAsync();

        await Assertions.Expect(reader.Page.Locator("#unknown")).ToHaveTextAsync("Unlike anything the model was taught");
        await reader.GotoAsync("/review/grid");
        await Assertions.Expect(reader.Page.Locator("#grid .doubt")).ToHaveTextAsync("Unlike anything the model was taught");
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Menu_counts_the_photos_that_wait_and_goes_down_with_each_decision()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/models");
        var link = reader.Page.Locator("header nav").GetByRole(AriaRole.Link, new() { Name = "Review 3 waiting", Exact = true });
        await Assertions.Expect(link).ToBeVisibleAsync();

        await link.ClickAsync();
        await reader.PhotoAsync();
        await reader.PressAsync("Enter");
        await Assertions.Expect(reader.Page.Locator("#waiting [data-count]")).ToHaveTextAsync("2");
        await reader.PressAsync("n");
        await reader.PressAsync("n");
        await Assertions.Expect(reader.Page.Locator("#waiting")).ToBeHiddenAsync();
        await reader.SavedAsync();
        await reader.GotoAsync("/data");
        await Assertions.Expect(reader.Page.Locator("header nav").GetByRole(AriaRole.Link, new() { Name = "Review", Exact = true })).ToBeVisibleAsync();
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Undo_brings_the_photo_back_and_skip_leaves_it_for_the_end()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();

        var first = await reader.PhotoAsync();

        // The label keeps to itself, whichever way it is written.
        await Assertions.Expect(reader.Page.Locator("[data-do=confirm] span")).ToHaveTextAsync(new Regex("^Yes, \u2068(dandelion|grass)\u2069$"));
        await reader.PressAsync("Enter");
        await reader.PressAsync("z");
        Assert.Equal(first, await reader.PhotoAsync());
        await reader.PressAsync("s");
        await reader.PressAsync("n");
        await reader.PressAsync("u");
        Assert.Equal(first, await reader.PhotoAsync());
        await reader.PressAsync("u");
        await reader.SavedAsync();

        Assert.Equal(["confirm", "undo", "unusable"], (await reader.EventsAsync(first)).Select(item => item.Split(' ')[1]));
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Session_that_is_over_asks_to_sign_in_and_then_sends_what_was_decided()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var first = await reader.PhotoAsync();
        await reader.Context.ClearCookiesAsync(new() { Name = "dandelion-session" });

        await reader.Page.Keyboard.PressAsync("Enter");
        var dialog = reader.Page.GetByRole(AriaRole.Dialog, new() { Name = "Your session is over" });
        await dialog.GetByLabel("Password").FillAsync("not the password");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The name or the password is wrong.");
        await dialog.GetByLabel("Password").FillAsync(WebHost.Password);
        await reader.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        await reader.SavedAsync();

        Assert.Contains("confirm", Assert.Single(await reader.EventsAsync(first)), StringComparison.Ordinal);
        Assert.NotEqual(first, await reader.PhotoAsync());
        Assert.All(reader.TakeComplaints(), complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sign_in_put_off_keeps_what_was_decided_through_a_reload()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var first = await reader.PhotoAsync();
        await reader.Context.ClearCookiesAsync(new() { Name = "dandelion-session" });

        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Not now" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator(".notice").First).ToContainTextAsync("Decisions kept here until you sign in: 1.");
        reader.Page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await reader.SignInAsync();
        await reader.SavedAsync();

        Assert.Contains("confirm", Assert.Single(await reader.EventsAsync(first)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_is_killed_and_comes_back_gets_what_was_decided_meanwhile_once()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(4);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var (first, second) = (await reader.PhotoAsync(), "");

        await host.RestartAsync(async () =>
        {
            await reader.PressAsync("Enter");
            second = await reader.PhotoAsync();
            await reader.PressAsync("u");
            await Assertions.Expect(reader.Page.Locator(".notice").First).ToContainTextAsync("not saved yet");
        });
        await reader.SavedAsync();

        Assert.Contains("confirm", Assert.Single(await reader.EventsAsync(first)), StringComparison.Ordinal);
        Assert.Contains("unusable", Assert.Single(await reader.EventsAsync(second)), StringComparison.Ordinal);
        await Assertions.Expect(reader.Page.GetByText("not saved yet")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Answer_that_is_lost_is_no_refusal_when_the_decision_is_sent_again()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(2);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var first = await reader.PhotoAsync();
        var sent = 0;
        await reader.Page.RouteAsync("**/api/v1/review/decisions", async route =>
        {
            // The server takes it; the page never hears of it.
            if (Interlocked.Increment(ref sent) == 1)
            {
                await route.FetchAsync();
                await route.AbortAsync();
            }
            else
            {
                await route.ContinueAsync();
            }
        });

        await reader.PressAsync("Enter");
        await reader.SavedAsync();

        Assert.Equal(2, sent);
        Assert.Contains("confirm", Assert.Single(await reader.EventsAsync(first)), StringComparison.Ordinal);
        await Assertions.Expect(reader.Page.Locator(".notice")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Photo_that_another_reviewer_decided_on_or_looks_at_is_told_by_name()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(2);
        await using var admin = await browser.OpenAsync(host.Address);
        await using var anna = await browser.OpenAsync(host.Address);
        await admin.SignInAsync();
        await anna.SignInAsync("/review/history", "anna");
        var first = await admin.PhotoAsync();
        var id = long.Parse(new string([.. first.Where(char.IsAsciiDigit)]), System.Globalization.CultureInfo.InvariantCulture);

        // Anna has both as soon as admin gives them back, and decides on one.
        await admin.CallAsync("post", "/review/release", new { });
        Assert.Equal(2, (await anna.CallAsync("post", "/review/take", new { count = 2 })).GetArrayLength());
        await anna.CallAsync("post", $"/review/{id}/decision", new { action = "unusable" });

        await admin.PressAsync("Enter");
        await Assertions.Expect(admin.Page.Locator(".notice").First).ToContainTextAsync($"Photo {id}: anna decided on it at");
        await admin.PressAsync("Enter");
        await Assertions.Expect(admin.Page.Locator(".notice").Last).ToContainTextAsync("anna is looking at it now");
        Assert.Contains("anna: unusable", Assert.Single(await anna.EventsAsync(first)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grid_decides_on_all_of_a_class_at_once()
    {
        await using var host = await WebHost.StartAsync(prefix);
        // So many that some are taken for the other class.
        var count = await host.UploadFreshAsync(40);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/review/grid");
        await Assertions.Expect(reader.Page.Locator(".grid-photo")).ToHaveCountAsync(count);

        // So small a window that some of a class are out of sight, which is asked for.
        await reader.Page.SetViewportSizeAsync(800, 600);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "dandelion (" }).ClickAsync();
        var chosen = await reader.Page.Locator(".grid-photo:has(:checked)").CountAsync();
        Assert.InRange(chosen, 1, count - 1);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = $"Confirm {chosen} label" }).ClickAsync();
        await reader.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator(".grid-photo")).ToHaveCountAsync(count - chosen);
        await reader.SavedAsync();
        Assert.Equal(chosen, (await reader.CallAsync("get", "/review")).GetProperty("validated").GetInt32());

        // What throws photos away says how many, and how many of them are not seen.
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "grass (" }).ClickAsync();
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Unusable" }).First.ClickAsync();
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync($"Photos selected: {count - chosen}");
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Not in sight: ");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Clear selection" }).ClickAsync();

        await reader.Page.Locator(".grid-photo").First.ClickAsync();
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Unusable" }).First.ClickAsync();
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator(".grid-photo")).ToHaveCountAsync(count - chosen);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Unusable" }).First.ClickAsync();
        await reader.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Unusable" }).ClickAsync();
        await reader.SavedAsync();
        Assert.Equal(1, (await reader.CallAsync("get", "/review")).GetProperty("rejected").GetInt32());
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Hostile_file_name_and_label_stay_text_on_every_page()
    {
        const string name = "<img src=x onerror=alert(1)>'&quot;.jpg";
        const string label = "</script><b onclick=alert(2)>\"'&amp;";
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3, _ => name);
        await using var reader = await browser.OpenAsync(host.Address);
        reader.Page.Dialog += (_, dialog) => throw new InvalidOperationException($"A script ran: {dialog.Message}");
        await reader.SignInAsync();

        await Assertions.Expect(reader.Page.Locator("[data-file]")).ToHaveTextAsync(name);
        await reader.Page.Keyboard.PressAsync("c");
        await reader.Page.Keyboard.TypeAsync(label);
        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Make the class" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator(".classes")).ToContainTextAsync(label);
        await reader.SavedAsync();
        foreach (var path in new[] { "/review", "/review/grid", "/review/history" })
        {
            await reader.GotoAsync(path);
            await reader.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            Assert.Equal(0, await reader.Page.Locator("img[src=x], b, [onclick], [onerror]").CountAsync());
        }

        await Assertions.Expect(reader.Page.Locator("tbody tr:not(details *)").First).ToContainTextAsync(label);
        Assert.Empty(reader.TakeComplaints());
    }
}
