namespace DandelionMl.Onnx.Graphs;

/// <summary>Reads the fields of a message in the encoding of protocol buffers, without a copy: a model's weights are most of it.</summary>
/// <param name="message">The message.</param>
internal ref struct ProtoFields(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Number of the field that was read.</summary>
    public int Field { get; private set; }

    /// <summary>Its bytes, where it is a text, bytes or a message; else empty.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <returns>Whether there was one; false, too, where the encoding is broken.</returns>
    public bool Next()
    {
        if (!TryRead(out var tag))
        {
            return false;
        }

        Field = (int)(tag >> 3);
        Content = default;
        switch ((int)tag & 7)
        {
            case Varint:
                return TryRead(out _);
            case Fixed64:
                return TrySkip(8);
            case Fixed32:
                return TrySkip(4);
            case Delimited when TryRead(out var length) && length <= (ulong)_rest.Length:
                Content = _rest[..(int)length];
                return TrySkip((int)length);
            default:
                return false;
        }
    }

    private bool TrySkip(int length)
    {
        if (length > _rest.Length)
        {
            return false;
        }

        _rest = _rest[length..];
        return true;
    }

    private bool TryRead(out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(10, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
