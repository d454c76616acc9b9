using System.Text.Json;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class EmbedCommandTests : IDisposable
{
    private const int Photos = 200;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Shares_embed_all_photos_so_that_training_embeds_none()
    {
        var data = _folder["data"];
        await DandelionProcess.RunJsonAsync("ingest", "demo", "--data", data);

        var first = await DandelionProcess.RunJsonAsync("embed", "--shard", "0/3", "--data", data);
        var second = await DandelionProcess.RunJsonAsync(
            new Dictionary<string, string> { ["JOB_COMPLETION_INDEX"] = "1" }, "embed", "--shard", "3", "--data", data);
        var rest = await DandelionProcess.RunJsonAsync("embed", "--data", data);
        var trained = await DandelionProcess.RunJsonAsync("train", "--no-promote", "--data", data);

        Assert.Equal(("0/3", "1/3", "0/1"), (Text(first, "shard"), Text(second, "shard"), Text(rest, "shard")));
        Assert.All([first, second, rest], item => Assert.InRange(Number(item), 1, Photos - 1));
        Assert.Equal((Photos, 0), (Number(first) + Number(second) + Number(rest), Number(trained)));
    }

    [Fact]
    public async Task Photo_that_cannot_be_read_is_done_but_for_some_which_an_engine_may_accept()
    {
        var data = _folder["data"];
        await DandelionProcess.RunJsonAsync("ingest", "demo", "--data", data);
        File.Delete(StoredObjects.List(data).First());

        Assert.Equal(3, (await DandelionProcess.RunAsync("embed", "--data", data)).ExitCode);
        Assert.Equal(3, (await DandelionProcess.RunAsync("embed", "--accept", "4", "--data", data)).ExitCode);
        Assert.Equal(0, (await DandelionProcess.RunAsync("embed", "--accept", "4", "--accept", "3", "--data", data)).ExitCode);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("3/3")]
    [InlineData("some")]
    public async Task Share_that_is_none_is_a_mistake_of_the_command_line(string shard)
    {
        var (exitCode, output, _) = await DandelionProcess.RunAsync("embed", "--shard", shard, "--data", _folder["data"], "--json");

        Assert.Equal(2, exitCode);
        Assert.Contains($"--shard '{shard}' is not a share", JsonDocument.Parse(output).RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();

    private static int Number(JsonElement item) => item.GetProperty("embeddedImages").GetInt32();
}
