using DandelionMl.Backbones;
using DandelionMl.Onnx.Added;
using DandelionMl.Onnx.Tests.Support;
using DandelionMl.Tests.Support;

namespace DandelionMl.Onnx.Tests.Added;

public sealed class AddedBackbonesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AddedBackbones _added;

    public AddedBackbonesTests() => _added = new AddedBackbones(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Added_file_is_copied_and_known_with_all_that_was_said_of_it()
    {
        var original = _folder.Write("downloads/net.onnx", ShapedGraphs.TokensAndPooler().ToModel());
        _added.Add("mine", new OnnxBackboneOptions { Path = original, Output = "last_hidden_state", Preprocessing = "squash-raw-8", License = "CC-BY-4.0" });
        File.Delete(original);

        var source = Assert.Single(new AddedBackbones(_folder.Path).Sources);
        using var backbone = (OnnxBackbone)source.Load();

        Assert.Equal(("mine", 3, "CC-BY-4.0", null), (source.Descriptor.Id, source.Descriptor.Dimensions, source.Descriptor.License, source.Descriptor.Rank));
        Assert.True(source.IsDownloaded);
        Assert.Equal(("squash-raw-8", "last_hidden_state: the CLS token, first of 5"), (backbone.Info.Preprocessing.Id, backbone.Reading));
    }

    [Fact]
    public void File_that_can_not_be_used_leaves_nothing()
    {
        var path = _folder.Write("net.onnx", ShapedGraphs.Tokens(leading: 0).ToModel());

        Assert.Throws<BackboneUnavailableException>(() => _added.Add("mine", new OnnxBackboneOptions { Path = path }));

        Assert.Empty(_added.Sources);
        Assert.False(_added.Has("mine"));
    }

    [Fact]
    public void Another_file_in_its_place_is_told_by_its_hash()
    {
        _added.Add("mine", new OnnxBackboneOptions { Path = _folder.Write("net.onnx", ShapedGraphs.Plain("n").ToModel()) });
        _folder.Write("backbones/mine.onnx", ShapedGraphs.Pooled("n").ToModel());

        var error = Assert.Throws<BackboneUnavailableException>(() => _added.Sources.Single().Load());

        Assert.Contains("is not the file that was added as backbone 'mine'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_a_file_of_their_own_are_copied_with_it_told_when_they_change_and_removed()
    {
        var original = _folder.Write("downloads/model.onnx", ShapedGraphs.Weighted("model.onnx_data").ToModel());
        var weights = _folder.Write("downloads/model.onnx_data", ShapedGraphs.Weights(1, 2, 3));
        _added.Add("mine", new OnnxBackboneOptions { Path = original });
        File.Delete(original);
        File.Delete(weights);

        _added.Sources.Single().Load().Dispose();

        _folder.Write("backbones/mine/model.onnx_data", ShapedGraphs.Weights(1, 2, 4));
        var error = Assert.Throws<BackboneUnavailableException>(() => _added.Sources.Single().Load());
        Assert.Contains("is not the file that was added as backbone 'mine'", error.Message, StringComparison.Ordinal);

        _added.Remove("mine");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Sub("backbones")));
    }

    [Fact]
    public async Task Removed_or_damaged_ones_are_told_and_stop_nothing_else()
    {
        var options = new OnnxBackboneOptions { Path = _folder.Write("net.onnx", ShapedGraphs.Plain("n").ToModel()) };
        _added.Add("a", options);
        _added.Add("b", options);
        _added.Add("c", options);
        _added.Remove("a");
        _folder.Write("backbones/b.json", "{"u8.ToArray());
        File.Delete(_folder.Sub("backbones", "c.onnx"));

        var sources = _added.Sources;

        Assert.Equal(["b", "c"], sources.Select(source => source.Descriptor.Id));
        Assert.All(sources, source => Assert.False(source.IsDownloaded));
        Assert.Contains("add it again", Assert.Throws<BackboneUnavailableException>(() => sources[0].Load()).Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<BackboneUnavailableException>(() => sources[1].DownloadAsync(null, TestContext.Current.CancellationToken));
        Assert.Contains("was not found", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mobilenetv2", true)]
    [InlineData("a.b-c_9", true)]
    [InlineData("", false)]
    [InlineData("../x", false)]
    [InlineData("Upper", false)]
    [InlineData(".hidden", false)]
    public void Ids_are_names_of_files(string id, bool isOne) => Assert.Equal(isOne, AddedBackbones.IsId(id));
}
