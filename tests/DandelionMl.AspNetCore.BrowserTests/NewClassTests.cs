using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

/// <summary>A typing mistake makes no class.</summary>
public abstract class NewClassTests(Browser browser, string prefix)
{
    [Fact]
    public async Task Mistyped_class_in_the_review_is_asked_about_and_the_one_that_is_meant_is_offered()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(4);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        var first = await reader.PhotoAsync();

        await TypeAsync(reader, "Dande lion ");
        var dialog = reader.Page.GetByRole(AriaRole.Dialog, new() { Name = "There is no class “\u2068Dande lion\u2069”. Did you mean “\u2068dandelion\u2069”?" });
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.Equal(first, await reader.PhotoAsync());
        await TypeAsync(reader, "Dandelion");
        await reader.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "dandelion", Exact = true }).ClickAsync();
        await reader.Page.WaitForFunctionAsync("alt => document.getElementById('photo').alt !== alt", first);

        var second = await reader.PhotoAsync();
        await TypeAsync(reader, "moss");
        await reader.Page.GetByRole(AriaRole.Dialog, new() { Name = "There is no class “\u2068moss\u2069”." })
            .GetByRole(AriaRole.Button, new() { Name = "Make the class “\u2068moss\u2069”" }).ClickAsync();
        await reader.Page.WaitForFunctionAsync("alt => document.getElementById('photo').alt !== alt", second);
        await Assertions.Expect(reader.Page.Locator(".classes")).ToContainTextAsync("moss");
        await TypeAsync(reader, "moss");
        await reader.SavedAsync();

        Assert.EndsWith("dandelion", Assert.Single(await reader.EventsAsync(first)), StringComparison.Ordinal);
        Assert.EndsWith("correct moss", Assert.Single(await reader.EventsAsync(second)), StringComparison.Ordinal);
        var counts = (await reader.CallAsync("get", "/images/statistics")).GetProperty("counts").EnumerateArray();
        Assert.Equal(["dandelion", "grass", "moss"], counts.Select(item => item.GetProperty("label").GetString()!).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(reader.TakeComplaints());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mistyped_class_on_a_photos_page_is_refused_until_a_new_one_is_meant(bool withScripts)
    {
        await using var host = await WebHost.StartAsync(prefix);
        await using var reader = await browser.OpenAsync(host.Address, new() { JavaScriptEnabled = withScripts });
        await reader.SignInAsync("/data/5");
        var alert = reader.Page.Locator("main [role=alert]:visible");

        await ChangeAsync(reader, "Grass", withScripts);
        await Assertions.Expect(alert).ToContainTextAsync("There is no class “\u2068Grass\u2069”. Did you mean “\u2068grass\u2069”? To make it, tick “New class”.");
        await Assertions.Expect(reader.Page.GetByLabel("New label")).ToHaveValueAsync("Grass");
        await reader.Page.GetByLabel("New class").CheckAsync();
        await ChangeAsync(reader, "moss", withScripts);

        await Assertions.Expect(reader.Page.Locator(".photo-facts .word")).ToHaveTextAsync("moss");
    }

    [Fact]
    public async Task Mistyped_class_in_the_grid_is_asked_about()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await host.UploadFreshAsync(2);
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/review/grid");
        await reader.Page.Locator(".grid-photo").First.ClickAsync();

        await reader.Page.Locator("#grid-label").FillAsync("gras");
        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Page.GetByRole(AriaRole.Dialog, new() { Name = "There is no class “\u2068gras\u2069”. Did you mean “\u2068grass\u2069”?" })
            .GetByRole(AriaRole.Button, new() { Name = "Make the class “\u2068gras\u2069”" }).ClickAsync();
        await reader.SavedAsync();

        Assert.Equal(1, (await reader.CallAsync("get", "/review")).GetProperty("validated").GetInt32());
        Assert.Equal(1, (await reader.CallAsync("get", "/images?label=gras")).GetProperty("items").GetArrayLength());
    }

    private static async Task TypeAsync(Reader reader, string label)
    {
        await reader.Page.Locator("#new-label").FillAsync(label);
        await reader.Page.Keyboard.PressAsync("Enter");
    }

    private static async Task ChangeAsync(Reader reader, string label, bool withScripts)
    {
        await reader.Page.GetByLabel("New label").FillAsync(label);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Change the label" }).First.ClickAsync();
        if (withScripts)
        {
            await reader.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Change the label" }).ClickAsync();
        }
    }
}
