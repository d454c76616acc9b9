using DandelionMl.Tool.Tests.Support;

[assembly: AssemblyFixture(typeof(DandelionMl.AspNetCore.BrowserTests.Support.TrainedData))]

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>A data directory with drawn pictures and a model trained on them. It is trained once; each host gets a copy.</summary>
public sealed class TrainedData : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    public async ValueTask InitializeAsync() => await DandelionProcess.RunJsonAsync("demo", "--no-serve", "--data", _folder["data"]);

    public void CopyTo(string folder)
    {
        var from = _folder["data"];
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
