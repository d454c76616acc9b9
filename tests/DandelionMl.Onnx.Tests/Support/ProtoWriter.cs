using System.Text;

namespace DandelionMl.Onnx.Tests.Support;

/// <summary>Writes a message in the encoding of protocol buffers.</summary>
internal sealed class ProtoWriter
{
    private const int Varint = 0;
    private const int Delimited = 2;

    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public ProtoWriter Number(int field, long value)
    {
        WriteVarint((ulong)((field << 3) | Varint));
        WriteVarint((ulong)value);
        return this;
    }

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int field, ProtoWriter message) => Bytes(field, message.ToArray());

    public ProtoWriter Bytes(int field, byte[] value)
    {
        WriteVarint((ulong)((field << 3) | Delimited));
        WriteVarint((ulong)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
