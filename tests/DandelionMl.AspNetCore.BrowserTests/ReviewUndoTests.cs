using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>What a person decided can be taken back wherever it is seen.</summary>
public abstract class ReviewUndoTests(Browser browser, string prefix)
{
    [Fact]
    public async Task Decision_is_undone_after_a_reload_in_the_history_and_on_the_photos_page()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(3);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var photo = await reader.PhotoAsync();
        var id = new string([.. photo.Where(char.IsAsciiDigit)]);

        await reader.PressAsync("Enter");
        await reader.SavedAsync();
        await reader.GotoAsync("/review");
        await reader.PhotoAsync();
        await reader.PressAsync("z");
        Assert.Equal(photo, await reader.PhotoAsync());
        await reader.PressAsync("u");
        await reader.SavedAsync();

        await reader.GotoAsync("/review/history");
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" })).ToHaveCountAsync(1);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = $"Undo the decision on photo {id}" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator("tbody tr:not(details *)").First.Locator(".badge")).ToHaveTextAsync("undone");
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" })).ToHaveCountAsync(0);

        await reader.CallAsync("post", $"/review/{id}/decision", new { action = "confirm" });
        await reader.GotoAsync($"/data/{id}");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator(".done")).ToHaveTextAsync("The decision is undone. The photo waits for review again.");
        Assert.Equal(
            ["confirm", "undo", "unusable", "undo", "confirm", "undo"], (await reader.EventsAsync(photo)).Select(item => item.Split(' ')[1]));
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Decision_is_undone_without_scripts_and_once_it_can_t_be_the_page_says_why()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(2);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var id = new string([.. (await reader.PhotoAsync()).Where(char.IsAsciiDigit)]);
        await reader.PressAsync("u");
        await reader.SavedAsync();

        await using var plain = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { JavaScriptEnabled = false });
        await plain.SignInAsync($"/data/{id}");
        await reader.CallAsync("post", $"/review/{id}/decision", new { action = "undo" });
        await plain.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(plain.Page.Locator("main [role=alert]:visible")).ToHaveTextAsync("Nothing was changed: there is no decision to undo.");
        await reader.CallAsync("post", $"/review/{id}/decision", new { action = "unusable" });
        await plain.GotoAsync($"/data/{id}");
        await plain.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Assertions.Expect(plain.Page.Locator(".done")).ToHaveTextAsync("The decision is undone. The photo waits for review again.");
    }

    [Fact]
    public async Task Enter_after_an_undo_by_mouse_confirms_and_undoes_no_second_one()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(4);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var first = await reader.PhotoAsync();
        await reader.PressAsync("Enter");
        var second = await reader.PhotoAsync();
        await reader.PressAsync("Enter");

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        Assert.Equal(second, await reader.PhotoAsync());
        await reader.PressAsync("Enter");
        await reader.SavedAsync();

        Assert.Single(await reader.EventsAsync(first));
        Assert.Equal(["confirm", "undo", "confirm"], (await reader.EventsAsync(second)).Select(item => item.Split(' ')[1]));
    }

    [Fact]
    public async Task Grid_takes_back_all_that_was_decided_at_once()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(4);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/review/grid");
        await Assertions.Expect(reader.Page.Locator(".grid-photo")).ToHaveCountAsync(4);
        for (var photo = 0; photo < 3; photo++)
        {
            await reader.Page.Locator(".grid-photo").Nth(photo).ClickAsync();
        }

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Confirm 3 labels" }).ClickAsync();
        await reader.SavedAsync();
        Assert.Equal(3, (await reader.CallAsync("get", "/review")).GetProperty("validated").GetInt32());
        var bar = reader.Page.Locator(".notice");
        await Assertions.Expect(bar).ToContainTextAsync("Confirmed: 3");
        await bar.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await reader.SavedAsync();

        await Assertions.Expect(reader.Page.Locator(".grid-photo")).ToHaveCountAsync(4);
        Assert.Equal(0, (await reader.CallAsync("get", "/review")).GetProperty("validated").GetInt32());
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Grid_asks_before_it_decides_on_photos_that_are_not_in_sight()
    {
        await using var host = await WebHost.StartAsync(prefix);
        var count = await host.UploadFreshAsync(16);
        await using var reader = await browser.OpenAsync(host.Address, new() { ViewportSize = new() { Width = 700, Height = 420 } });
        await reader.SignInAsync("/review/grid");
        await Assertions.Expect(reader.Page.Locator(".grid-photo")).ToHaveCountAsync(count);

        var dandelions = reader.Page.GetByRole(AriaRole.Button, new() { Name = "dandelion (" });
        await dandelions.ClickAsync();
        await Assertions.Expect(dandelions).ToHaveAttributeAsync("aria-pressed", "true");
        var chosen = await reader.Page.Locator(".grid-photo:has(:checked)").CountAsync();
        Assert.InRange(chosen, 8, count);

        var confirm = new PageGetByRoleOptions { Name = $"Confirm {chosen} labels" };
        await reader.Page.GetByRole(AriaRole.Button, confirm).ClickAsync();
        var dialog = reader.Page.GetByRole(AriaRole.Dialog, new() { Name = $"Decide on {chosen} photos?" });
        await Assertions.Expect(dialog).ToContainTextAsync("Not in sight");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator(".grid-photo:has(:checked)")).ToHaveCountAsync(chosen);
        await reader.Page.GetByRole(AriaRole.Button, confirm).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Assertions.Expect(reader.Page.Locator(".notice")).ToContainTextAsync($"Confirmed: {chosen}");
        await reader.SavedAsync();

        Assert.Equal(chosen, (await reader.CallAsync("get", "/review")).GetProperty("validated").GetInt32());
    }
}
