using System.Text.RegularExpressions;
using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

public abstract class SuggestionTests(Browser browser, string prefix)
{
    [Fact]
    public async Task What_the_sender_says_is_shown_to_the_reviewer()
    {
        await using var host = await WebHost.StartAsync(prefix);
        var picture = host.Draw(2, seed: 86)[0];
        await using var sender = await browser.OpenAsync(host.Address);
        await sender.GotoAsync("/predict");
        await sender.Page.Locator("#files").SetInputFilesAsync(picture);
        await Assertions.Expect(sender.Page.Locator(".photo-result")).ToContainTextAsync("this photo is not kept");
        await Assertions.Expect(sender.Page.Locator(".suggest")).ToHaveCountAsync(0);

        await sender.Page.GetByLabel("Keep my photos").CheckAsync();
        await sender.Page.Locator("#files").SetInputFilesAsync(picture);
        var question = sender.Page.GetByRole(AriaRole.Group, new() { Name = "Is it right?" });
        await question.GetByLabel("No, it is …").FocusAsync();

        // By keys alone: the class, then the button after it.
        await sender.Page.Keyboard.PressAsync("ArrowDown");
        await sender.Page.Keyboard.PressAsync("Tab");
        await sender.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(sender.Page.Locator(".photo-result .done")).ToBeFocusedAsync();
        await Assertions.Expect(sender.Page.Locator(".photo-result .done")).ToContainTextAsync("A person looks at both");

        // Nothing is asked twice: what was said is there after a reload, too, and so is the receipt.
        await sender.Page.ReloadAsync();
        await Assertions.Expect(sender.Page.Locator(".photo-result .done")).ToContainTextAsync("A person looks at both");
        await Assertions.Expect(sender.Page.Locator(".photo-result .receipt code")).ToHaveTextAsync(new Regex("^(\\w{5}-?){4}$"));
        await Assertions.Expect(sender.Page.Locator(".suggest")).ToHaveCountAsync(0);
        Assert.Empty(sender.TakeComplaints());

        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        await reader.PhotoAsync();
        await Assertions.Expect(reader.Page.Locator("[data-label]")).ToHaveTextAsync("dandelion");
        await Assertions.Expect(reader.Page.Locator(".suggested.differs")).ToHaveTextAsync("The sender says grass");
        await Assertions.Expect(reader.Page.Locator("#said")).ToContainTextAsync("The sender says");
        await reader.GotoAsync("/review/grid");
        await Assertions.Expect(reader.Page.Locator(".grid-photo .suggested")).ToHaveTextAsync("sender: \u2068grass\u2069");
        Assert.Empty(reader.TakeComplaints());
    }

    [Fact]
    public async Task Without_scripts_the_answer_is_taken_by_a_page_of_its_own()
    {
        await using var host = await WebHost.StartAsync(prefix);
        await using var sender = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { JavaScriptEnabled = false, Locale = "fr" });
        await sender.GotoAsync("/predict");
        await sender.Page.GetByLabel("Conserver mes photos").CheckAsync();
        await sender.Page.Locator("#files").SetInputFilesAsync(host.Draw(2, seed: 86)[0]);
        await sender.Page.GetByRole(AriaRole.Button, new() { Name = "Envoyer" }).ClickAsync();

        await sender.Page.GetByRole(AriaRole.Button, new() { Name = "Oui" }).ClickAsync();

        await Assertions.Expect(sender.Page.Locator("main [role=status]")).ToContainTextAsync("Votre réponse est conservée avec la photo.");
        await using var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync();
        await reader.PhotoAsync();
        await Assertions.Expect(reader.Page.Locator(".suggested:not(.differs)")).ToHaveTextAsync("The sender says dandelion");
    }
}
