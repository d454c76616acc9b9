using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class DatabaseCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Upgrade_makes_a_new_schema_and_finds_it_up_to_date_then()
    {
        var first = await DandelionProcess.RunJsonAsync("database", "upgrade", "--data", _folder["data"]);
        var second = await DandelionProcess.RunJsonAsync("database", "upgrade", "--data", _folder["data"]);

        var latest = first.GetProperty("to").GetInt64();
        Assert.Equal(0, first.GetProperty("from").GetInt64());
        Assert.InRange(latest, 12, long.MaxValue);
        Assert.Equal((latest, latest), (second.GetProperty("from").GetInt64(), second.GetProperty("to").GetInt64()));
    }
}
