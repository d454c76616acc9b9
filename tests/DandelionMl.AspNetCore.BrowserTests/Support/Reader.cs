using Microsoft.Playwright;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>Somebody at a browser. What the pages complain of in the console is collected; a test that ends well asks for none of it.</summary>
public sealed class Reader : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];

    private Reader(IBrowserContext context, IPage page, string prefix) => (_context, Page, Prefix) = (context, page, prefix);

    public IPage Page { get; }

    /// <summary>What all addresses of the host begin with, without a slash at the end.</summary>
    public string Prefix { get; }

    public IBrowserContext Context => _context;

    public static async Task<Reader> CreateAsync(IBrowserContext context, string prefix)
    {
        context.SetDefaultTimeout(60_000);
        var reader = new Reader(context, await context.NewPageAsync(), prefix);
        reader.Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                reader.Complain($"{message.Type}: {message.Text} ({message.Location})");
            }
        };
        reader.Page.PageError += (_, error) => reader.Complain(error);
        return reader;
    }

    /// <summary>What the pages complained of so far, and forgets it.</summary>
    public IReadOnlyList<string> TakeComplaints()
    {
        lock (_complaints)
        {
            var taken = _complaints.ToList();
            _complaints.Clear();
            return taken;
        }
    }

    /// <param name="path">An address, or a path below the host's prefix.</param>
    public async Task GotoAsync(string path)
    {
        var response = await Page.GotoAsync(path.StartsWith('/') ? Prefix + path : path);
        Assert.NotNull(response);
    }

    public async Task SignInAsync(string path = "/review", string name = "admin")
    {
        await GotoAsync($"/sign-in?return={Uri.EscapeDataString(Prefix + path)}");
        await Page.GetByLabel("Name").First.FillAsync(name);
        await Page.GetByLabel("Password").First.FillAsync(WebHost.Password);
        await Page.Locator("main").GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        try
        {
            await Page.WaitForURLAsync(url => new Uri(url).AbsolutePath == Prefix + path, new() { Timeout = 20_000 });
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"Not signed in: {Page.Url} says {await Page.Locator("main").InnerTextAsync()}");
        }
    }

    /// <summary>Answers the dialog of a page whose session is over.</summary>
    public async Task SignInAgainAsync()
    {
        await Page.Locator("#sign-in-dialog [name=password]").FillAsync(WebHost.Password);
        await Page.Keyboard.PressAsync("Enter");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Complain(string what)
    {
        lock (_complaints)
        {
            _complaints.Add(what);
        }
    }
}
