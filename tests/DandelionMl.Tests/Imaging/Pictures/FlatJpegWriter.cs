namespace DandelionMl.Tests.Imaging.Pictures;

/// <summary>Writes one-coloured baseline JPEG files of any number of components, CMYK among them, which Skia's own encoder does
/// not write: each 8×8 block is its mean alone.</summary>
internal static class FlatJpegWriter
{
    /// <summary>Writes a picture of one 8×8 block.</summary>
    /// <param name="samples">The value of each component, 0 to 255.</param>
    /// <param name="adobeTransform">The colour transform of the Adobe marker (0 none, 2 YCCK), or null for no such marker.</param>
    /// <param name="betweenScans">What lies between the scans, of which each component has its own then; null for one scan.</param>
    public static byte[] Write(byte[] samples, byte? adobeTransform = null, byte[]? betweenScans = null)
    {
        var count = (byte)samples.Length;
        byte[] adobe = adobeTransform is { } transform
            ? Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform])
            : [];
        var components = Enumerable.Range(1, count).Select(id => (byte)id).ToArray();
        return
        [
            0xFF, 0xD8,
            .. adobe,
            .. Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]), // Quantisation: all ones.
            .. Segment(0xC0, [8, 0, 8, 0, 8, count, .. components.SelectMany(id => new byte[] { id, 0x11, 0 })]),
            .. Segment(0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), // DC: 4 bits each.
            .. Segment(0xC4, [0x10, 1, .. new byte[15], 0x00]), // AC: end of block is one bit.
            .. betweenScans is null
                ? Scan(components, samples)
                : components.SelectMany(id => (byte[])[.. id == 1 ? [] : betweenScans, .. Scan([id], [samples[id - 1]])]),
            0xFF, 0xD9,
        ];
    }

    /// <summary>Writes a grey picture of 8×8 blocks side by side, with a restart marker between each two.</summary>
    /// <param name="blocks">The value of each block, 0 to 255; null for one whose data is lost.</param>
    public static byte[] WriteWithRestarts(params byte?[] blocks) =>
    [
        0xFF, 0xD8,
        .. Segment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]),
        .. Segment(0xC0, [8, 0, 8, (byte)(blocks.Length * 8 >> 8), (byte)(blocks.Length * 8), 1, 1, 0x11, 0]),
        .. Segment(0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        .. Segment(0xC4, [0x10, 1, .. new byte[15], 0x00]),
        .. Segment(0xDD, [0, 1]), // Restart interval: one block.
        .. Segment(0xDA, [1, 1, 0x00, 0, 63, 0]),
        .. blocks.SelectMany((block, index) => (byte[])
        [
            .. index == 0 ? [] : new byte[] { 0xFF, (byte)(0xD0 + ((index - 1) % 8)) },
            .. block is { } value ? Blocks([value]) : [],
        ]),
        0xFF, 0xD9,
    ];

    private static byte[] Scan(byte[] components, byte[] samples) =>
    [
        .. Segment(0xDA, [(byte)components.Length, .. components.SelectMany(id => new byte[] { id, 0x00 }), 0, 63, 0]),
        .. Blocks(samples),
    ];

    public static byte[] Segment(byte marker, byte[] payload) =>
        [0xFF, marker, (byte)((payload.Length + 2) >> 8), (byte)(payload.Length + 2), .. payload];

    private static byte[] Blocks(byte[] samples)
    {
        var bits = string.Concat(samples.Select(sample =>
        {
            var mean = (sample - 128) * 8;
            var size = mean == 0 ? 0 : (int)Math.Log2(Math.Abs(mean)) + 1;
            var coded = mean < 0 ? mean + (1 << size) - 1 : mean;
            var sign = size == 0 ? "" : Convert.ToString(coded, 2).PadLeft(size, '0');
            return Convert.ToString(size, 2).PadLeft(4, '0') + sign + "0";
        }));
        var padded = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        return [.. padded.Chunk(8).Select(octet => Convert.ToByte(new string(octet), 2)).SelectMany(
            octet => octet == 0xFF ? new byte[] { 0xFF, 0x00 } : [octet])];
    }
}
