using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class LabelsCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_lists_photos_once_they_are_embedded_and_says_why_not_before()
    {
        var data = _folder["data"];
        var empty = await DandelionProcess.RunJsonAsync("labels", "check", "--data", data);
        await DandelionProcess.RunJsonAsync("ingest", "demo", "--data", data);
        var before = await DandelionProcess.RunJsonAsync("labels", "check", "--data", data);
        await DandelionProcess.RunJsonAsync("embed", "--data", data);

        var report = await DandelionProcess.RunJsonAsync("labels", "check", "--top", "7", "--data", data);
        var (exitCode, text, _) = await DandelionProcess.RunAsync("labels", "check", "--data", data);

        Assert.Equal(("noPhotos", "noEmbeddings"), (empty.GetProperty("obstacle").GetString(), before.GetProperty("obstacle").GetString()));
        Assert.Contains("dandelion embed", before.GetProperty("why").GetString()!, StringComparison.Ordinal);
        Assert.Equal((7, 200), (report.GetProperty("photos").GetArrayLength(), report.GetProperty("checked").GetInt32()));
        var margins = report.GetProperty("photos").EnumerateArray().Select(photo => photo.GetProperty("margin").GetSingle()).ToList();
        Assert.Equal(margins.Order(), margins);
        Assert.Equal(0, exitCode);
        Assert.Contains("200 photos checked", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("many")]
    public async Task Check_a_top_that_is_no_such_number_is_a_mistake_of_the_command_line(string top)
    {
        var (exitCode, output, _) = await DandelionProcess.RunAsync("labels", "check", "--top", top, "--data", _folder["data"], "--json");

        Assert.Equal(2, exitCode);
        Assert.Contains(top, JsonDocument.Parse(output).RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
