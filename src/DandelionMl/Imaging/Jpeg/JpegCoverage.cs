using DandelionMl.Imaging.Headers;

namespace DandelionMl.Imaging.Jpeg;

/// <summary>Counts how much of a JPEG's picture its data codes. libjpeg draws what is missing as flat grey and reports success, as where a
/// marker lies in the middle of the data, or an end-of-image marker was put behind half a file.</summary>
/// <remarks>It walks the Huffman codes (ITU-T T.81, annexes F and G) of the scan that has the brightness, without computing a pixel. Of a
/// progressive JPEG that is its first scan; what the later ones lack is detail.</remarks>
internal static class JpegCoverage
{
    private const byte HuffmanTables = 0xC4;
    private const byte RestartInterval = 0xDD;
    private const byte Progressive = 0xC2;

    /// <summary>Whether the data has restart markers: behind each the picture goes on, so that a part may be lost in the middle.</summary>
    /// <param name="bytes">The whole file, whose header was read without error.</param>
    public static bool HasRestarts(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[2..];
        var interval = 0;
        while (JpegHeader.TryNextSegment(ref rest, out var marker, out var segment) && marker is not (JpegHeader.StartOfScan or JpegHeader.EndOfImage))
        {
            interval = marker == RestartInterval ? IntervalOf(segment) : interval;
        }

        return interval > 0;
    }

    /// <summary>The share of the picture's blocks that is coded, 0 to 1; 1 where it can't be told.</summary>
    /// <param name="bytes">The whole file, whose header was read without error.</param>
    public static double Measure(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[2..];
        var tables = new HuffmanTableSet();
        JpegFrame? frame = null;
        var restartInterval = 0;
        while (JpegHeader.TryNextSegment(ref rest, out var marker, out var segment) && marker != JpegHeader.EndOfImage)
        {
            if (JpegHeader.IsFrameHeader(marker))
            {
                frame ??= JpegFrame.TryRead(segment, isProgressive: marker == Progressive);
            }
            else if (marker == HuffmanTables)
            {
                tables.Define(segment);
            }
            else if (marker == RestartInterval)
            {
                restartInterval = IntervalOf(segment);
            }
            else if (marker == JpegHeader.StartOfScan)
            {
                if (frame is null)
                {
                    return 1;
                }

                if (JpegScan.TryRead(segment, frame) is { HasBrightness: true } scan)
                {
                    return Measure(scan, tables, restartInterval, rest);
                }
            }
        }

        return 1;
    }

    private static int IntervalOf(ReadOnlySpan<byte> segment) => segment.Length >= 2 ? (segment[0] << 8) | segment[1] : 0;

    private static double Measure(JpegScan scan, HuffmanTableSet tables, int restartInterval, ReadOnlySpan<byte> data)
    {
        if (!tables.TryPrepare(scan))
        {
            return 1;
        }

        var reader = new EntropyReader(data);
        var lost = 0L;
        for (long unit = 0; unit < scan.Units; unit++)
        {
            if (restartInterval > 0 && unit > 0 && unit % restartInterval == 0 && !reader.TryRestart())
            {
                return (double)(unit - lost) / scan.Units;
            }

            switch (ReadUnit(scan, tables, ref reader))
            {
                case UnitResult.Unknown:
                    return (double)(scan.Units - lost) / scan.Units;
                case UnitResult.Ended when restartInterval > 0 && reader.IsAtRestart:
                    // Only the rest of this interval is lost.
                    var next = Math.Min(scan.Units, unit + restartInterval - (unit % restartInterval));
                    lost += next - unit;
                    unit = next - 1;
                    break;
                case UnitResult.Ended:
                    return (double)(unit - lost) / scan.Units;
            }
        }

        return (double)(scan.Units - lost) / scan.Units;
    }

    private static UnitResult ReadUnit(JpegScan scan, HuffmanTableSet tables, ref EntropyReader reader)
    {
        foreach (var component in scan.Components)
        {
            for (var block = 0; block < component.BlocksPerUnit; block++)
            {
                var result = ReadBlock(scan.IsProgressive, tables.Dc(component.DcTable), tables.Ac(component.AcTable), ref reader);
                if (result != UnitResult.Read)
                {
                    return result;
                }
            }
        }

        return UnitResult.Read;
    }

    private static UnitResult ReadBlock(bool isProgressive, HuffmanTable? dc, HuffmanTable? ac, ref EntropyReader reader)
    {
        var size = reader.ReadSymbol(dc!);
        if (size < 0 || !reader.TrySkip(size))
        {
            return reader.HasEnded ? UnitResult.Ended : UnitResult.Unknown;
        }

        for (var coefficient = 1; !isProgressive && coefficient < 64; coefficient++)
        {
            var symbol = reader.ReadSymbol(ac!);
            if (symbol < 0 || !reader.TrySkip(symbol & 15))
            {
                return reader.HasEnded ? UnitResult.Ended : UnitResult.Unknown;
            }

            if ((symbol & 15) == 0 && symbol >> 4 != 15)
            {
                break; // End of block.
            }

            coefficient += symbol >> 4;
        }

        return UnitResult.Read;
    }

    private enum UnitResult
    {
        Read,

        /// <summary>The data has ended.</summary>
        Ended,

        /// <summary>The data has a code that no table has.</summary>
        Unknown,
    }
}
