using System.Text.Json;
using DandelionMl.DinoV2.Native;
using DandelionMl.Backbones.Weights;
using DandelionMl.Tests.Support;
using TorchSharp;

namespace DandelionMl.DinoV2.Tests;

public class DinoV2NetworkTests
{
    private const float Tolerance = 1e-4f;

    public DinoV2NetworkTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("tiny", "pth", "2x3x98x98")]
    [InlineData("tiny", "safetensors", "2x3x98x98")]
    [InlineData("tiny", "safetensors", "2x3x70x70")]
    [InlineData("tiny", "safetensors", "1x3x56x84")]
    [InlineData("tiny-reg4", "pth", "2x3x98x98")]
    [InlineData("tiny-reg4", "safetensors", "2x3x98x98")]
    [InlineData("tiny-reg4", "safetensors", "2x3x70x70")]
    [InlineData("tiny-reg4", "safetensors", "1x3x56x84")]
    public void Forward_golden_input_gives_golden_tokens(string name, string format, string size)
    {
        using var expected = WeightFile.Open(SharedFiles.Require($"golden/dinov2/{name}-expected.safetensors"));
        using var file = WeightFile.Open(SharedFiles.Require($"golden/dinov2/{name}.{format}"));
        using var network = DinoV2Network.Load(file, heads: 3);
        var input = expected.Read($"input_{size}");
        var shape = expected.Tensors[$"input_{size}"].Shape.Select(side => (int)side).ToArray();

        var tokens = AllTokens(network, input, shape[2], shape[3]);
        using var scope = torch.NewDisposeScope();
        var patches = tokens.narrow(1, network.Architecture.LeadingTokens, tokens.shape[1] - network.Architecture.LeadingTokens);

        AssertClose(expected.Read($"cls_{size}"), tokens.select(1, 0));
        AssertClose(expected.Read($"patch_{size}"), patches);
        AssertClose(expected.Read($"cls_{size}"), Embed(network, input, shape[2], shape[3], threads: 1));
        AssertClose(expected.Read($"cls_{size}"), Embed(network, input, shape[2], shape[3], threads: 2));
        AssertClose(expected.Read($"cls_{size}"), Embed(network, input, shape[2], shape[3], threads: 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Embed_full_network_gives_golden_embeddings(int threads)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("golden/dinov2/vits14-formula-expected.json")));
        using var file = Open(FormulaWeights.DinoV2(width: 384, depth: 12, grid: 37));
        using var network = DinoV2Network.Load(file);

        var cls = Embed(network, FormulaWeights.Values("input", 2 * 3 * 224 * 224, 0, 1.5), 224, 224, threads);

        Assert.Equal(6, network.Architecture.Heads);
        AssertClose([.. golden.RootElement.GetProperty("cls").EnumerateArray().SelectMany(Numbers)], cls);
    }

    [Fact]
    public void Load_hugging_face_names_gives_the_same_network()
    {
        var official = FormulaWeights.DinoV2(width: 64, depth: 2, grid: 4, registers: 2);
        using var officialFile = Open(official);
        using var huggingFaceFile = Open([.. official.SelectMany(HuggingFaceNames.Rename)]);
        using var first = DinoV2Network.Load(officialFile);
        using var second = DinoV2Network.Load(huggingFaceFile);
        var input = FormulaWeights.Values("input", 3 * 28 * 42, 0, 1.5);

        Assert.Equal(first.Architecture, second.Architecture);
        Assert.Equal(Embed(first, input, 28, 42, threads: 1), Embed(second, input, 28, 42, threads: 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void Load_packed_weights_give_what_plain_ones_do(int threads)
    {
        using var file = Open(FormulaWeights.DinoV2(width: 128, depth: 3, grid: 4));
        using var packed = DinoV2Network.Load(file, packed: true);
        using var plain = DinoV2Network.Load(file, packed: false);
        var input = FormulaWeights.Values("input", 3 * 3 * 56 * 56, 0, 1.5);

        using var expected = AllTokens(plain, input, 56, 56);

        AssertClose(Numbers(expected), AllTokens(packed, input, 56, 56));
        AssertClose(Numbers(expected.select(1, 0)), Embed(packed, input, 56, 56, threads));
    }

    [Theory]
    [InlineData("norm.weight")]
    [InlineData("cls_token")]
    [InlineData("blocks.1.attn.qkv.bias")]
    [InlineData("blocks.0.mlp.fc1.weight")]
    [InlineData("patch_embed.proj.weight")]
    public void Load_missing_tensor_is_refused(string name)
    {
        using var file = Open([.. FormulaWeights.DinoV2(width: 64, depth: 2, grid: 4).Where(tensor => tensor.Name != name)]);

        Assert.Throws<InvalidWeightsException>(() => DinoV2Network.Load(file));
    }

    [Theory]
    [InlineData("norm.weight", new long[] { 63 })]
    [InlineData("pos_embed", new long[] { 1, 18, 64 })]
    [InlineData("pos_embed", new long[] { 1, 17, 65 })]
    [InlineData("pos_embed", new long[] { 1, 1, 64 })]
    [InlineData("blocks.0.attn.qkv.weight", new long[] { 64, 192 })]
    [InlineData("blocks.1.mlp.fc1.weight", new long[] { 128, 64 })]
    [InlineData("blocks.0.mlp.fc1.weight", new long[] { 128, 128 })]
    [InlineData("patch_embed.proj.weight", new long[] { 64, 3, 16, 16 })]
    [InlineData("register_tokens", new long[] { 1, 2, 63 })]
    public void Load_tensor_of_another_shape_is_refused(string name, long[] shape)
    {
        var tensors = FormulaWeights.DinoV2(width: 64, depth: 2, grid: 4, registers: 2);
        using var file = Open([.. tensors.Select(tensor => tensor.Name == name ? FormulaWeights.Tensor(name, shape) : tensor)]);

        Assert.Throws<InvalidWeightsException>(() => DinoV2Network.Load(file));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Load_heads_that_do_not_divide_the_width_are_refused(int heads)
    {
        using var file = Open(FormulaWeights.DinoV2(width: 64, depth: 1, grid: 2));

        Assert.Throws<InvalidWeightsException>(() => DinoV2Network.Load(file, heads));
    }

    private static WeightFile Open(IReadOnlyList<NamedTensor> tensors)
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors);
        return WeightFile.Open(stream);
    }

    private static float[] Embed(DinoV2Network network, float[] images, int height, int width, int threads)
    {
        var embeddings = new float[images.Length / (3 * height * width) * network.Architecture.Width];
        using var team = new WorkerTeam(threads);
        new DinoV2Pass(network, team, height, width).Embed(images, embeddings, TestContext.Current.CancellationToken);
        return embeddings;
    }

    // The plain way: every token through every block.
    private static torch.Tensor AllTokens(DinoV2Network network, float[] images, int height, int width)
    {
        using var scope = torch.NewDisposeScope();
        var length = 3 * height * width;
        var (rows, columns) = (height / 14, width / 14);
        var tokens = torch.stack(Enumerable.Range(0, images.Length / length).Select(index => torch.cat(
            [network.LeadingTokens, network.EmbedPatches(images.AsSpan(index * length, length), rows, columns, 0, rows * columns)], 0)));
        foreach (var block in network.Blocks)
        {
            block.Forward(tokens);
        }

        return network.Normalise(tokens).MoveToOuterDisposeScope();
    }

    private static IEnumerable<float> Numbers(JsonElement row) => row.EnumerateArray().Select(value => value.GetSingle());

    private static void AssertClose(float[] expected, torch.Tensor actual) =>
        AssertClose(expected, Numbers(actual));

    // A tensor that nothing refers to any more is freed with the next garbage collection, even while its values are copied.
    private static float[] Numbers(torch.Tensor tensor)
    {
        using var contiguous = tensor.contiguous();
        return TensorStore.Values(contiguous).ToArray();
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var difference = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        TestContext.Current.TestOutputHelper?.WriteLine($"largest absolute difference {difference:E1}");
        Assert.InRange(difference, 0, Tolerance);
    }
}
