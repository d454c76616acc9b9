using System.IO.Compression;
using System.Text;

namespace DandelionMl.Tests.Backbones.Weights;

/// <summary>Writes pickles and checkpoints piece by piece, right and wrong ones.</summary>
internal sealed class PickleBuilder
{
    private readonly List<byte> _bytes = [];

    public PickleBuilder() => Op(0x80).Op(2);

    public byte[] ToArray() => _bytes.ToArray();

    public PickleBuilder Op(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public PickleBuilder Ops(string instructions)
    {
        _bytes.AddRange(Encoding.Latin1.GetBytes(instructions));
        return this;
    }

    public PickleBuilder Global(string module, string name) => Ops($"c{module}\n{name}\n");

    public PickleBuilder Text(string text, int? length = null)
    {
        Op('X').Raw(length ?? text.Length);
        return Ops(text);
    }

    public PickleBuilder Int(int value) => Op('J').Raw(value);

    public PickleBuilder Raw(int value)
    {
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public PickleBuilder Dict() => Global("collections", "OrderedDict").Ops(")R");

    public PickleBuilder Tuple(params int[] values)
    {
        Op('(');
        foreach (var value in values)
        {
            Int(value);
        }

        return Op('t');
    }

    public PickleBuilder Tensor(
        int[] shape, int[] strides, int offset = 0, int storageLength = 6, string storage = "FloatStorage", string key = "0")
    {
        Global("torch._utils", "_rebuild_tensor_v2").Ops("((").Text("storage").Global("torch", storage).Text(key).Text("cpu");
        return Int(storageLength).Ops("tQ").Int(offset).Tuple(shape).Tuple(strides).Op(0x89).Dict().Ops("tR");
    }

    /// <summary>A checkpoint with one dictionary, one tensor called <c>w</c>, and one storage of six values 0, 1 … 5.</summary>
    public static byte[] Checkpoint(Action<PickleBuilder> writeTensor, CompressionLevel level = CompressionLevel.NoCompression)
    {
        var pickle = new PickleBuilder().Dict().Text("w");
        writeTensor(pickle);
        return Zip(level, ("tiny/data.pkl", pickle.Ops("s.").ToArray()), ("tiny/data/0", SixValues()), ("tiny/version", "3\n"u8.ToArray()));
    }

    public static byte[] SixValues() => [.. Enumerable.Range(0, 6).SelectMany(value => BitConverter.GetBytes((float)value))];

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
