using DandelionMl.AspNetCore.BrowserTests.Support;
using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests;

public abstract class SignInTests(Browser browser, string prefix)
{
    [Fact]
    public async Task Admin_page_sends_to_the_page_to_sign_in_and_back()
    {
        await using var host = await WebHost.StartAsync(prefix, withModel: false);
        await using var reader = await browser.OpenAsync(host.Address);

        await reader.GotoAsync("/review/history?skip=0");
        Assert.Equal($"{prefix}/sign-in", new Uri(reader.Page.Url).AbsolutePath);
        await reader.Page.GetByLabel("Password").First.FillAsync(WebHost.Password);
        await reader.Page.Keyboard.PressAsync("Enter");
        await reader.Page.WaitForURLAsync("**/review/history?skip=0");

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in", Exact = true })).ToBeVisibleAsync();
        await reader.GotoAsync("/review");
        Assert.Equal($"{prefix}/sign-in", new Uri(reader.Page.Url).AbsolutePath);
        Assert.Empty(reader.TakeComplaints());
    }

    [Theory]
    [InlineData("//elsewhere.example/")]
    [InlineData("https://elsewhere.example/")]
    [InlineData("/\\elsewhere.example")]
    public async Task Sign_in_never_leads_elsewhere(string path)
    {
        await using var host = await WebHost.StartAsync(prefix, withModel: false);
        await using var reader = await browser.OpenAsync(host.Address);

        await reader.GotoAsync($"/sign-in?return={Uri.EscapeDataString(path)}");
        await reader.Page.GetByLabel("Password").First.FillAsync(WebHost.Password);
        await reader.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();

        Assert.Equal(host.Address, new Uri(reader.Page.Url));
    }

    [Fact]
    public async Task Wrong_passwords_are_told_and_lock_in_words()
    {
        await using var host = await WebHost.StartAsync(prefix, withModel: false);
        await using var reader = await browser.OpenAsync(host.Address, new BrowserNewContextOptions { JavaScriptEnabled = false });
        await reader.GotoAsync("/sign-in");
        for (var failure = 1; failure <= 5; failure++)
        {
            await TryAsync();
            await Assertions.Expect(reader.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The name or the password is wrong.");
        }

        await TryAsync();
        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Too many sign-ins failed. Try again in");

        async Task TryAsync()
        {
            await reader.Page.GetByLabel("Password").First.FillAsync("a guess");
            await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        }
    }
}
