using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests;

/// <summary>README's first command, running: what it serves is shared by the tests of this class.</summary>
public sealed class DemoFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private DandelionProcess? _process;

    public HttpClient Client { get; } = new();

    public string Data => _folder["data"];

    public IEnumerable<string> Samples(string label) => Directory.EnumerateFiles(Path.Combine(Data, "samples", label)).Order(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        _process = DandelionProcess.Start("demo", "--data", Data, "--urls", "http://127.0.0.1:0");
        var line = await _process.ReadUntilAsync(line => line.StartsWith("Serving on ", StringComparison.Ordinal));
        Client.BaseAddress = new Uri(line.Split(' ')[2]);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }
}
