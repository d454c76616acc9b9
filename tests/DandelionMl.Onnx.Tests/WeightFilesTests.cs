using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Benchmarks;
using DandelionMl.Imaging;
using DandelionMl.Onnx.Graphs;
using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Tests.Support;

namespace DandelionMl.Onnx.Tests;

/// <summary>Exports whose weights lie in files of their own, as newer exporters write them.</summary>
public sealed class WeightFilesTests : IDisposable
{
    private const string Data = "model.onnx_data";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_takes_weights_from_a_file_beside_the_graph_and_hashes_both()
    {
        var graph = _folder.Write("model.onnx", ShapedGraphs.Weighted(Data).ToModel());
        _folder.Write(Data, ShapedGraphs.Weights(1, 2, 3));
        using var backbone = Load(graph);
        var embedding = new float[3];
        backbone.Embed(Enumerable.Repeat(1f, 3 * ShapedGraphs.Side * ShapedGraphs.Side).ToArray(), embedding, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], embedding);
        Assert.Equal([Data], backbone.WeightFiles);

        _folder.Write(Data, ShapedGraphs.Weights(1, 2, 4));
        using var other = Load(graph);
        Assert.NotEqual(backbone.Info.WeightsSha256, other.Info.WeightsSha256);
    }

    [Fact]
    public void Load_follows_links_as_the_Hugging_Face_hub_makes_them()
    {
        var blobs = (_folder.Write("blobs/a", ShapedGraphs.Weighted(Data).ToModel()), _folder.Write("blobs/b", ShapedGraphs.Weights(1, 2, 3)));
        var graph = _folder.Sub("snapshots", "model.onnx");
        File.CreateSymbolicLink(graph, blobs.Item1);
        File.CreateSymbolicLink(_folder.Sub("snapshots", Data), blobs.Item2);

        var before = Copies();
        using (var backbone = Load(graph))
        {
            Assert.Equal(before + 1, Copies());
        }

        Assert.Equal(before, Copies());

        static int Copies() => Directory.GetDirectories(Path.GetTempPath(), "dandelion-onnx-*").Length;
    }

    [Theory]
    [InlineData(Data, "'model.onnx_data', which was not found beside it")]
    [InlineData("sub/" + Data, "'sub/model.onnx_data', which was not found beside it")]
    [InlineData("../" + Data, "from '../model.onnx_data', which is not in its folder")]
    [InlineData("/etc/hostname", "from '/etc/hostname', which is not in its folder")]
    [InlineData("", "from '', which is not in its folder")]
    [InlineData(".", "from '.', which is not in its folder")]
    public void Weights_that_are_missing_or_outside_of_the_folder_are_told_by_name(string file, string why)
    {
        _folder.Write(Data, ShapedGraphs.Weights(1, 2, 3));
        var graph = _folder.Write("inner/model.onnx", ShapedGraphs.Weighted(file).ToModel());

        var error = Assert.Throws<BackboneUnavailableException>(() => Load(graph));

        Assert.Contains($"model.onnx can't be used as backbone 'tiny': Its weights are ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_graph_name_no_files_wherever_they_end()
    {
        var model = ShapedGraphs.Weighted(Data).ToModel();

        for (var length = 0; length < model.Length; length++)
        {
            Assert.InRange(WeightFiles.Of(model.AsSpan(0, length)).Count, 0, 1);
        }

        Assert.Equal([Data], WeightFiles.Of(model));
        Assert.Equal([], WeightFiles.Of(Enumerable.Repeat((byte)0xFF, 100).ToArray()));
    }

    [Fact]
    public void Real_export_of_DINOv2_gives_the_embeddings_of_the_network_that_was_exported()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("golden/dinov2/vits14-formula-expected.json")));
        var expected = golden.RootElement.GetProperty("cls").EnumerateArray().SelectMany(row => row.EnumerateArray().Select(value => value.GetSingle())).ToArray();
        var graph = ExportedVitS14.Write(Path.GetDirectoryName(SharedFiles.Require("bench/dinov2-vits14-graph.onnx"))!, _folder.Path);
        using var backbone = OnnxBackbone.Load("dinov2", new OnnxBackboneOptions { Path = graph }, Preprocessing.EvalBicubicCrop224);

        var cls = new float[2 * 384];
        backbone.Embed(FormulaWeights.Values("input", 2 * 3 * 224 * 224, 0, 1.5), cls, TestContext.Current.CancellationToken);

        Assert.Equal((384, "cls: the output as it is"), (backbone.Info.Dimensions, backbone.Reading));
        Assert.All(expected.Zip(cls), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
    }

    private static OnnxBackbone Load(string path) => OnnxBackbone.Load("tiny", new OnnxBackboneOptions { Path = path });
}
