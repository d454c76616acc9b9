using System.Buffers.Binary;
using System.IO.Compression;

namespace DandelionMl.Tests.Imaging.Pictures;

/// <summary>Writes PNG files of every kind that Skia's own encoder does not write, and wrong ones.</summary>
internal static class PngWriter
{
    public static byte[] Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Writes a whole file.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="bitDepth">Bits per sample.</param>
    /// <param name="colourType">0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.</param>
    /// <param name="rows">The rows' samples, without filter bytes.</param>
    /// <param name="chunksBeforeData">Further whole chunks, such as PLTE.</param>
    public static byte[] Write(
        int width, int height, byte bitDepth, byte colourType, byte[] rows, params byte[][] chunksBeforeData)
    {
        var stride = rows.Length / height;
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte(0); // Filter: none.
                zlib.Write(rows, y * stride, stride);
            }
        }

        return
        [
            .. Signature, .. Header(width, height, bitDepth, colourType), .. chunksBeforeData.SelectMany(chunk => chunk),
            .. Chunk("IDAT"u8, data.ToArray()), .. Chunk("IEND"u8, []),
        ];
    }

    public static byte[] Header(int width, int height, byte bitDepth, byte colourType)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bitDepth, colourType);
        return Chunk("IHDR"u8, header);
    }

    public static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> payload)
    {
        var chunk = new byte[payload.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, payload.Length);
        type.CopyTo(chunk.AsSpan(4));
        payload.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + payload.Length), Crc32(chunk.AsSpan(4, 4 + payload.Length)));
        return chunk;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
