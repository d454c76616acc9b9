namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>A host that several tests share.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    public WebHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await WebHost.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
