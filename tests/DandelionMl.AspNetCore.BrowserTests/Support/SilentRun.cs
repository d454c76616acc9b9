namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>A run of <c>ingest-dataset</c> that waits for a server that never answers, and a signed-in reader on its page.</summary>
internal sealed class SilentRun(SilentServer silence, WebHost host, Reader reader) : IAsyncDisposable
{
    public WebHost Host => host;

    public Reader Reader => reader;

    public static async Task<SilentRun> StartAsync(Browser browser, string prefix)
    {
        var silence = new SilentServer();
        var host = await WebHost.StartAsync(prefix, withModel: false);
        var reader = await browser.OpenAsync(host.Address);
        await reader.SignInAsync("/pipelines");
        await reader.StartRunAsync("ingest-dataset", silence.WriteManifest(host.PathOf("silent.csv")));
        return new SilentRun(silence, host, reader);
    }

    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync();
        await host.DisposeAsync();
        silence.Dispose();
    }
}
