using System.Buffers.Binary;
using System.IO.Compression;
using CsCheck;
using DandelionMl.Backbones.Weights;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Backbones.Weights;

public class TorchCheckpointTests
{
    [Theory]
    [InlineData("tiny", 0)]
    [InlineData("tiny-reg4", 4)]
    public void Open_file_of_torch_equals_safetensors(string name, int registers)
    {
        using var checkpoint = WeightFile.Open(SharedFiles.Require($"golden/dinov2/{name}.pth"));
        using var safetensors = WeightFile.Open(SharedFiles.Require($"golden/dinov2/{name}.safetensors"));

        Assert.Equal(safetensors.Tensors.Keys.Order(), checkpoint.Tensors.Keys.Order());
        Assert.Equal(registers > 0, checkpoint.Tensors.ContainsKey("register_tokens"));
        foreach (var tensor in safetensors.Tensors.Values)
        {
            Assert.Equal(tensor.Shape, checkpoint.Tensors[tensor.Name].Shape);
            Assert.Equal(safetensors.Read(tensor.Name), checkpoint.Read(tensor.Name));
        }
    }

    [Theory]
    [InlineData(new[] { 2, 3 }, new[] { 3, 1 }, 0, new float[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(new[] { 3, 2 }, new[] { 1, 3 }, 0, new float[] { 0, 3, 1, 4, 2, 5 })]
    [InlineData(new[] { 2 }, new[] { 2 }, 1, new float[] { 1, 3 })]
    [InlineData(new int[0], new int[0], 5, new float[] { 5 })]
    [InlineData(new[] { 0, 3 }, new[] { 3, 1 }, 6, new float[0])]
    public void Read_view_of_storage_gathers_its_values(int[] shape, int[] strides, int offset, float[] expected)
    {
        using var file = Open(PickleBuilder.Checkpoint(pickle => pickle.Tensor(shape, strides, offset)));

        Assert.Equal(shape.Select(size => (long)size), file.Tensors["w"].Shape);
        Assert.Equal(expected, file.Read("w"));
    }

    [Theory]
    [InlineData("HalfStorage", 12)]
    [InlineData("BFloat16Storage", 12)]
    [InlineData("DoubleStorage", 3)]
    [InlineData("LongStorage", 3)]
    public void Read_other_types_have_their_sizes(string storage, int length)
    {
        using var file = Open(PickleBuilder.Checkpoint(
            pickle => pickle.Tensor([length], [1], storageLength: length, storage: storage)));

        Assert.Equal(length, file.Read("w").Length);
    }

    [Theory]
    [InlineData(new[] { 7 }, new[] { 1 }, 0)]
    [InlineData(new[] { 6 }, new[] { 1 }, 1)]
    [InlineData(new[] { 2, 3 }, new[] { 4, 1 }, 0)]
    [InlineData(new[] { 2 }, new[] { -1 }, 1)]
    [InlineData(new[] { 1 }, new[] { 1 }, -1)]
    [InlineData(new[] { 1 }, new[] { 1 }, 6)]
    [InlineData(new[] { -1 }, new[] { 1 }, 0)]
    [InlineData(new[] { 6 }, new int[0], 0)]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue }, new[] { 0, 0, 0 }, 0)]
    [InlineData(new[] { 1000 }, new[] { 0 }, 0)]
    [InlineData(new[] { int.MaxValue, int.MaxValue }, new[] { int.MaxValue, 1 }, 0)]
    public void Open_tensor_beyond_its_storage_is_refused(int[] shape, int[] strides, int offset) =>
        AssertRefused(PickleBuilder.Checkpoint(pickle => pickle.Tensor(shape, strides, offset)));

    [Theory]
    [InlineData("FloatStorage", 5, "0")]
    [InlineData("FloatStorage", 1_000_000_000, "0")]
    [InlineData("DoubleStorage", 6, "0")]
    [InlineData("FloatStorage", 6, "1")]
    [InlineData("FloatStorage", 6, "../0")]
    [InlineData("UntypedStorage", 6, "0")]
    public void Open_storage_that_does_not_fit_is_refused(string storage, int length, string key) =>
        AssertRefused(PickleBuilder.Checkpoint(
            pickle => pickle.Tensor([1], [1], storageLength: length, storage: storage, key: key)));

    [Theory]
    [InlineData("posix", "system")]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch._utils", "_rebuild_parameter")]
    [InlineData("collections", "OrderedDict ")]
    public void Open_pickle_with_another_global_is_refused(string module, string name)
    {
        var exception = AssertRefused(PickleBuilder.Checkpoint(
            pickle => pickle.Global(module, name).Op('(').Text("touch /tmp/owned").Ops("tR")));

        Assert.Contains($"{module}.{name}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_pickle_that_calls_a_storage_type_is_refused() =>
        AssertRefused(PickleBuilder.Checkpoint(pickle => pickle.Global("torch", "FloatStorage").Ops(")R")));

    [Fact]
    public void Open_pickle_that_calls_a_dictionary_is_refused() =>
        AssertRefused(PickleBuilder.Checkpoint(pickle => pickle.Dict().Ops(")R")));

    [Theory]
    [InlineData("i")] // INST
    [InlineData("o")] // OBJ
    [InlineData("\u0081")] // NEWOBJ
    [InlineData("\u0093")] // STACK_GLOBAL
    [InlineData("\u0082\u0001")] // EXT1
    [InlineData("P0\n")] // PERSID
    [InlineData("\u008b")] // LONG4
    [InlineData("R")]
    [InlineData("t")]
    [InlineData("u")]
    [InlineData("h\u0007")]
    [InlineData(".")]
    [InlineData("")]
    public void Open_pickle_with_other_instructions_is_refused(string instructions) =>
        AssertRefused(PickleBuilder.Checkpoint(pickle => pickle.Ops(instructions)));

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(100_000)]
    public void Open_pickle_with_text_longer_than_itself_is_refused(int length) =>
        AssertRefused(PickleBuilder.Checkpoint(pickle => pickle.Text("x", length)));

    [Fact]
    public void Open_pickle_of_marks_only_is_refused() =>
        AssertRefused(PickleBuilder.Checkpoint(pickle => pickle.Ops(new string('(', 100_000))));

    [Fact]
    public void Open_dictionary_that_holds_itself_is_refused() =>
        AssertRefused(PickleBuilder.Checkpoint(pickle => pickle.Dict().Ops("q\u0001").Text("self").Ops("h\u0001s")));

    [Fact]
    public void Open_long_pickle_is_refused() =>
        AssertRefused(PickleBuilder.Zip(CompressionLevel.NoCompression, ("t/data.pkl", new byte[StateDictPickle.MaxBytes + 1])));

    [Fact]
    public void Open_compressed_entries_are_refused() =>
        AssertRefused(PickleBuilder.Checkpoint(pickle => pickle.Tensor([6], [1]), CompressionLevel.Optimal));

    [Theory]
    [InlineData("../data.pkl")]
    [InlineData("/data.pkl")]
    [InlineData("tiny/../tiny/data/1")]
    [InlineData("tiny\\data\\1")]
    [InlineData("C:/data/1")]
    [InlineData("tiny//data")]
    [InlineData("other/data.pkl")]
    [InlineData("other/data/1")]
    [InlineData("tiny/data/0")]
    [InlineData("tiny/DATA/0")]
    [InlineData("tiny/dätä")]
    public void Open_odd_entries_are_refused(string name)
    {
        var pickle = new PickleBuilder().Dict().Text("w").Tensor([6], [1]).Ops("s.").ToArray();

        AssertRefused(PickleBuilder.Zip(
            CompressionLevel.NoCompression, ("tiny/data.pkl", pickle), ("tiny/data/0", PickleBuilder.SixValues()), (name, [])));
    }

    [Fact]
    public void Open_big_endian_checkpoint_is_refused()
    {
        var pickle = new PickleBuilder().Dict().Text("w").Tensor([6], [1]).Ops("s.").ToArray();

        AssertRefused(PickleBuilder.Zip(
            CompressionLevel.NoCompression,
            ("t/data.pkl", pickle), ("t/data/0", PickleBuilder.SixValues()), ("t/byteorder", "big"u8.ToArray())));
    }

    [Fact]
    public void Open_entry_longer_than_the_file_is_refused()
    {
        var bytes = PickleBuilder.Checkpoint(pickle => pickle.Tensor([6], [1]));
        // The second entry's two sizes in the central directory.
        var directory = bytes.AsSpan().LastIndexOf("tiny/data/0"u8) - 46;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(directory + 20), 1_000_000);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(directory + 24), 1_000_000);

        AssertRefused(bytes);
    }

    [Fact]
    public void Open_mutated_file_reads_or_refuses()
    {
        var original = PickleBuilder.Checkpoint(pickle => pickle.Tensor([2, 3], [3, 1]).Ops("s").Text("v").Tensor([3, 2], [1, 3]));
        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[1, 4].Sample(
            edits =>
            {
                var bytes = original.ToArray();
                foreach (var (place, value) in edits)
                {
                    bytes[place] = value;
                }

                ReadsOrRefuses(bytes);
            },
            iter: 20_000, threads: 1, seed: "0000KOIXMXGz");
    }

    [Fact]
    public void Open_truncated_file_is_refused()
    {
        var original = PickleBuilder.Checkpoint(pickle => pickle.Tensor([2, 3], [3, 1]));
        for (var length = 0; length < original.Length; length++)
        {
            AssertRefused(original[..length]);
        }
    }

    [Fact]
    public void Open_random_pickle_reads_or_refuses()
    {
        var instruction = Gen.Char["(.tRbQqrhjsu})XKMJc\u0080\u0085\u0086\u0087\u0088\u0089\u008a0123\u0000\u0001\n"];
        instruction.Array[0, 60].Sample(
            instructions => ReadsOrRefuses(PickleBuilder.Checkpoint(pickle => pickle.Ops(new string(instructions)))),
            iter: 20_000, threads: 1, seed: "0000KOIXMXGz");
    }

    private static void ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            using var file = Open(bytes);
            foreach (var name in file.Tensors.Keys)
            {
                Assert.Equal(file.Tensors[name].Length, file.Read(name).Length);
            }
        }
        catch (InvalidWeightsException)
        {
        }
    }

    private static InvalidWeightsException AssertRefused(byte[] bytes) =>
        Assert.Throws<InvalidWeightsException>(() => Open(bytes).Dispose());

    private static WeightFile Open(byte[] bytes) => WeightFile.Open(new MemoryStream(bytes, writable: false));
}
