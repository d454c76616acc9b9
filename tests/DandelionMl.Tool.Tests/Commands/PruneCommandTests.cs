using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class PruneCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Prune_says_what_it_deleted_or_would_delete()
    {
        var pruned = await DandelionProcess.RunJsonAsync("prune", "--data", _folder["data"]);
        var plan = await DandelionProcess.RunJsonAsync("prune", "--dry-run", "--rejected-for", "1.0:00:00", "--data", _folder["data"]);

        Assert.Equal((0, 0, false), (pruned.GetProperty("versions").GetArrayLength(), pruned.GetProperty("runs").GetInt32(), pruned.GetProperty("dryRun").GetBoolean()));
        Assert.Equal((0, JsonValueKind.Null, true), (plan.GetProperty("versions").GetArrayLength(), plan.GetProperty("runs").ValueKind, plan.GetProperty("dryRun").GetBoolean()));
    }

    [Fact]
    public async Task Prune_takes_no_time_below_a_day()
    {
        var result = await DandelionProcess.RunAsync("prune", "--rejected-for", "1:00:00", "--data", _folder["data"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--rejected-for must be 1.00:00:00 or more.", result.Error, StringComparison.Ordinal);
    }
}
