namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>A host that several tests share.</summary>
public class DemoHost : IAsyncLifetime
{
    public DemoHost()
        : this("")
    {
    }

    protected DemoHost(string prefix) => Prefix = prefix;

    /// <summary>What all of its addresses begin with.</summary>
    public string Prefix { get; }

    public WebHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await WebHost.StartAsync(Prefix);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A host under a prefix that several tests share.</summary>
public sealed class PrefixedDemoHost() : DemoHost(Plants)
{
    public const string Plants = "/plants";
}
