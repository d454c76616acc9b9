using System.Text.Json;
using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class BackboneAddCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Data => _folder["data"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Added_network_is_known_to_all_commands_and_trains_and_is_removed_when_nothing_uses_it()
    {
        var added = await RunAsync("backbone", "add", Write("My net.onnx", ShapedGraphs.Plain("n")), "--license", "Apache-2.0");
        Assert.Equal("my-net", added.GetProperty("id").GetString());
        Assert.Equal((3, "squash-bilinear-8"), (added.GetProperty("dimensions").GetInt32(), added.GetProperty("preprocessing").GetString()));

        var listed = await FindAsync("my-net");
        Assert.Equal(("Apache-2.0", true), (listed.GetProperty("license").GetString(), listed.GetProperty("onThisMachine").GetBoolean()));

        await RunAsync("demo", "--no-serve", "--backbone", "my-net");
        var trained = await RunAsync("train", "--force-promote", "a test");
        Assert.Equal("my-net", trained.GetProperty("model").GetProperty("space").GetProperty("backboneId").GetString());
        Assert.Contains("This data directory uses 'my-net'", await FailAsync("backbone", "remove", "my-net"), StringComparison.Ordinal);

        await RunAsync("backbone", "use", "built-in-v1");
        Assert.Contains("is served on 'my-net'", await FailAsync("backbone", "remove", "my-net"), StringComparison.Ordinal);
        await RunAsync("train", "--force-promote", "a test");
        await RunAsync("backbone", "remove", "my-net");
        Assert.Contains("No backbone 'my-net' was added", await FailAsync("backbone", "remove", "my-net"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_that_are_taken_or_none_and_files_that_can_not_be_used_are_refused()
    {
        var file = Write("net.onnx", ShapedGraphs.Plain("n"));

        // One that exists without weights on this machine is taken, too.
        Assert.Contains("There is a backbone 'dinov2-vitb14' already", await FailAsync("backbone", "add", file, "--id", "dinov2-vitb14"), StringComparison.Ordinal);
        Assert.Contains("can't be an id", await FailAsync("backbone", "add", file, "--id", "../net"), StringComparison.Ordinal);
        Assert.Contains("has no CLS token", await FailAsync("backbone", "add", Write("p.onnx", ShapedGraphs.Tokens(leading: 0))), StringComparison.Ordinal);
        await RunAsync("backbone", "add", Write("p.onnx", ShapedGraphs.Tokens(leading: 0)), "--mean-pool");
    }

    [Fact]
    public async Task Network_of_the_configuration_is_listed()
    {
        var environment = new Dictionary<string, string>
        {
            ["DandelionMl__Backbones__Onnx__mine__Path"] = Write("net.onnx", ShapedGraphs.Plain("n")),
            ["DandelionMl__Backbones__Onnx__mine__License"] = "CC-BY-4.0",
        };

        var list = await DandelionProcess.RunJsonAsync(environment, "backbone", "list", "--data", Data);

        Assert.Equal("CC-BY-4.0", list.EnumerateArray().Single(item => item.GetProperty("id").GetString() == "mine").GetProperty("license").GetString());
    }

    [Fact]
    public async Task New_data_directory_without_DINOv2s_weights_uses_ResNet_18()
    {
        var environment = new Dictionary<string, string>
        {
            ["DandelionMl__Backbone"] = "auto",

            // A file that is not there in place of a download.
            ["DandelionMl__Backbones__LocalWeights__dinov2-vits14"] = _folder["none.pth"],
        };
        Directory.CreateDirectory(_folder["photos"]);
        DandelionMl.Tool.Demo.DemoPictures.Draw(_folder["photos"], 12, seed: 1, TestContext.Current.CancellationToken);
        await DandelionProcess.RunJsonAsync(environment, "ingest", _folder["photos"], "--data", Data);

        var trained = await DandelionProcess.RunJsonAsync(environment, "train", "--data", Data);

        Assert.Equal("resnet18-imagenet", trained.GetProperty("model").GetProperty("space").GetProperty("backboneId").GetString());
    }

    private string Write(string name, TinyGraph graph)
    {
        File.WriteAllBytes(_folder[name], graph.ToModel());
        return _folder[name];
    }

    private async Task<JsonElement> FindAsync(string id) =>
        (await RunAsync("backbone", "list")).EnumerateArray().Single(item => item.GetProperty("id").GetString() == id);

    private Task<JsonElement> RunAsync(params string[] arguments) => DandelionProcess.RunJsonAsync([.. arguments, "--data", Data]);

    private async Task<string> FailAsync(params string[] arguments)
    {
        var (exitCode, _, error) = await DandelionProcess.RunAsync([.. arguments, "--data", Data]);
        Assert.Equal(1, exitCode);
        return error.ReplaceLineEndings(" ");
    }
}
