namespace DandelionMl.Imaging.Jpeg;

/// <summary>A Huffman table of a JPEG, looked up by the next 16 bits.</summary>
internal sealed class HuffmanTable
{
    // Length of the code in the upper byte, its symbol in the lower; 0 where there is no such code.
    private readonly ushort[] _codes = new ushort[1 << 16];

    /// <summary>Builds the table.</summary>
    /// <param name="counts">How many codes there are of each length, 1 to 16.</param>
    /// <param name="symbols">The symbols, in the order of their codes.</param>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        var (code, next) = (0, 0);
        for (var length = 1; length <= 16; length++, code <<= 1)
        {
            for (var index = 0; index < counts[length - 1] && next < symbols.Length; index++, code++, next++)
            {
                var start = code << (16 - length);
                if (start >= _codes.Length)
                {
                    return; // More codes than fit: the others are never met.
                }

                _codes.AsSpan(start, 1 << (16 - length)).Fill((ushort)((length << 8) | symbols[next]));
            }
        }
    }

    /// <returns>The length of the code that the bits begin with, 1 to 16, and its symbol; 0 for none.</returns>
    public (int Length, int Symbol) Find(int next16Bits) => (_codes[next16Bits] >> 8, _codes[next16Bits] & 0xFF);
}

/// <summary>The Huffman tables that a JPEG has defined so far. One is built when a scan needs it, so that definitions cost nothing.</summary>
internal sealed class HuffmanTableSet
{
    private const int CountsLength = 16;

    private readonly byte[]?[] _definitions = new byte[]?[32];
    private readonly HuffmanTable?[] _tables = new HuffmanTable?[32];

    /// <summary>Reads a segment (DHT), as far as it goes.</summary>
    public void Define(ReadOnlySpan<byte> segment)
    {
        while (segment.Length > CountsLength)
        {
            var id = segment[0];
            var length = 1 + CountsLength;
            foreach (var count in segment.Slice(1, CountsLength))
            {
                length += count;
            }

            length = Math.Min(length, segment.Length);
            if (id < _definitions.Length)
            {
                _definitions[id] = segment[1..length].ToArray();
                _tables[id] = null;
            }

            segment = segment[length..];
        }
    }

    /// <summary>Builds the tables of a scan.</summary>
    /// <returns>Whether it has all of them.</returns>
    public bool TryPrepare(JpegScan scan) => scan.Components.All(component =>
        TryBuild(component.DcTable) && (scan.IsProgressive || TryBuild(16 + component.AcTable)));

    public HuffmanTable? Dc(int id) => _tables[id];

    public HuffmanTable? Ac(int id) => _tables[16 + id];

    private bool TryBuild(int id)
    {
        if (_definitions[id] is not { } definition)
        {
            return false;
        }

        _tables[id] ??= new HuffmanTable(definition.AsSpan(0, CountsLength), definition.AsSpan(CountsLength));
        return true;
    }
}
