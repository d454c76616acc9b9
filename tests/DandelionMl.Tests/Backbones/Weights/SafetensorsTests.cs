using System.Buffers.Binary;
using System.Text;
using CsCheck;
using DandelionMl.Backbones.Weights;

namespace DandelionMl.Tests.Backbones.Weights;

public class SafetensorsTests
{
    [Fact]
    public void Write_then_open_gives_the_same_tensors()
    {
        var tensor = Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 12], Gen.Long[0, 4].Array[0, 4]);
        tensor.Array[0, 5].Where(tensors => tensors.DistinctBy(item => item.Item1).Count() == tensors.Length).Sample(
            tensors =>
            {
                var random = new Random(1);
                NamedTensor[] written = [.. tensors.Select(item => new NamedTensor(
                    item.Item1, item.Item2,
                    Enumerable.Range(0, (int)item.Item2.Aggregate(1L, (a, b) => a * b)).Select(_ => random.NextSingle()).ToArray()))];
                using var stream = new MemoryStream();
                SafetensorsWriter.Write(stream, written, new Dictionary<string, string> { ["format"] = "pt", ["a"] = "ü\"" });

                using var file = WeightFile.Open(stream);

                Assert.Equal("ü\"", file.Metadata["a"]);
                Assert.Equal(written.Length, file.Tensors.Count);
                Assert.All(written, item =>
                {
                    Assert.Equal(item.Shape, file.Tensors[item.Name].Shape);
                    Assert.Equal(item.Values.ToArray(), file.Read(item.Name));
                    Assert.Equal(0, (file.Tensors[item.Name].Offset - 8) % 4);
                });
            },
            iter: 200, threads: 1, seed: "0000KOIXMXGz");
    }

    [Fact]
    public void Write_name_twice_or_wrong_shape_is_refused()
    {
        var tensor = new NamedTensor("a", [2], new float[2]);

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(new MemoryStream(), [tensor, tensor]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(new MemoryStream(), [tensor with { Shape = [3] }]));
    }

    [Theory]
    [InlineData("F32", new byte[] { 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0 })]
    [InlineData("F16", new byte[] { 0, 0x3C, 0, 0xC0 })]
    [InlineData("BF16", new byte[] { 0x80, 0x3F, 0, 0xC0 })]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0 })]
    [InlineData("I64", new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    public void Read_every_type_gives_single_precision(string type, byte[] data)
    {
        using var file = Open($$"""{"w":{"dtype":"{{type}}","shape":[2],"data_offsets":[0,{{data.Length}}] } }""", data);

        Assert.Equal([1f, -2f], file.Read("w"));
    }

    [Fact]
    public void Read_unknown_name_is_refused()
    {
        using var file = Open("{}", []);

        Assert.Throws<InvalidWeightsException>(() => file.Read("w"));
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":{"shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":[]}""")]
    [InlineData("""{"w":null}""")]
    [InlineData("""[]""")]
    [InlineData("""{"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""")]
    public void Open_header_that_does_not_fit_is_refused(string header) =>
        Assert.Throws<InvalidWeightsException>(() => Open(header, new byte[8]));

    [Theory]
    [InlineData(0UL)]
    [InlineData(100UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData((ulong)long.MaxValue)]
    [InlineData((ulong)SafetensorsHeader.MaxLength + 1)]
    public void Open_header_length_that_does_not_fit_is_refused(ulong length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);

        Assert.Throws<InvalidWeightsException>(() => WeightFile.Open(new MemoryStream(bytes)));
    }

    [Fact]
    public void Open_mutated_or_truncated_file_reads_or_refuses()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(
            stream, [new NamedTensor("first", [2, 3], new float[6]), new NamedTensor("second", [4], new float[4])]);
        var original = stream.ToArray();
        var edits = Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[0, 4];
        Gen.Select(edits, Gen.Int[0, original.Length]).Sample(
            (changes, length) =>
            {
                var bytes = original.ToArray();
                foreach (var (place, value) in changes)
                {
                    bytes[place] = value;
                }

                try
                {
                    using var file = WeightFile.Open(new MemoryStream(bytes, 0, length));
                    Assert.All(file.Tensors.Values, tensor => Assert.Equal(tensor.Length, file.Read(tensor.Name).Length));
                }
                catch (InvalidWeightsException)
                {
                }
            },
            iter: 20_000, threads: 1, seed: "0000KOIXMXGz");
    }

    private static WeightFile Open(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return WeightFile.Open(new MemoryStream([.. BitConverter.GetBytes((long)json.Length), .. json, .. data]));
    }
}
