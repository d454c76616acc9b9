namespace DandelionMl.Imaging.Jpeg;

/// <summary>Reads the bits of a JPEG's entropy-coded data, up to its next marker.</summary>
internal ref struct EntropyReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;
    private ulong _bits;
    private int _count;

    /// <summary>Whether more was asked for than there is before the next marker.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the next marker is a restart marker.</summary>
    public readonly bool IsAtRestart => _position + 1 < _data.Length && _data[_position] == 0xFF && _data[_position + 1] is >= 0xD0 and <= 0xD7;

    /// <returns>The symbol of the next code; -1 where the data has ended or there is no such code.</returns>
    public int ReadSymbol(HuffmanTable table)
    {
        Fill();
        var next = (int)((_count >= 16 ? _bits >> (_count - 16) : _bits << (16 - _count)) & 0xFFFF);
        var (length, symbol) = table.Find(next);
        if (length > _count)
        {
            HasEnded = true;
            return -1;
        }

        _count -= length;
        return length == 0 ? Unknown() : symbol;
    }

    /// <returns>Whether there are as many.</returns>
    public bool TrySkip(int bits)
    {
        Fill();
        HasEnded |= bits > _count;
        _count = Math.Max(_count - bits, 0);
        return !HasEnded;
    }

    /// <summary>Goes on behind the next restart marker.</summary>
    /// <returns>Whether there is one before any other.</returns>
    public bool TryRestart()
    {
        while (_position + 1 < _data.Length && !(_data[_position] == 0xFF && _data[_position + 1] is not (0x00 or 0xFF)))
        {
            _position++;
        }

        if (!IsAtRestart)
        {
            HasEnded = true;
            return false;
        }

        _position += 2;
        (_bits, _count, HasEnded) = (0, 0, false);
        return true;
    }

    // Where the last bits make no code, the data has ended within one.
    private int Unknown()
    {
        HasEnded = _count < 16 && IsAtEnd;
        return -1;
    }

    private readonly bool IsAtEnd =>
        _position >= _data.Length || (_data[_position] == 0xFF && (_position + 1 >= _data.Length || _data[_position + 1] is not (0x00 or 0xFF)));

    private void Fill()
    {
        while (_count <= 48 && !IsAtEnd)
        {
            var value = _data[_position++];
            if (value == 0xFF)
            {
                if (_data[_position] == 0xFF)
                {
                    continue; // Fill byte.
                }

                _position++; // Stuffed zero.
            }

            _bits = (_bits << 8) | value;
            _count += 8;
        }
    }
}
