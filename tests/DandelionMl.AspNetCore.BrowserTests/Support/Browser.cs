using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(DandelionMl.AspNetCore.BrowserTests.Support.Browser))]

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>The machine's own Chromium, one for all tests. Nothing is downloaded, and nothing but loopback is reached.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        // A machine that is busy with other tests is slow, not wrong.
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        });
    }

    /// <summary>Opens a browser of its own, with its own cookies, on a host.</summary>
    public async Task<Reader> OpenAsync(Uri address, BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = address.AbsoluteUri;
        options.Locale ??= "en";
        options.ViewportSize ??= new ViewportSize { Width = 1280, Height = 860 };
        return await Reader.CreateAsync(await _browser!.NewContextAsync(options), address.AbsolutePath.TrimEnd('/'));
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
