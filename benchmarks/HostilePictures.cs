using System.Buffers.Binary;
using System.IO.Compression;
using SkiaSharp;

namespace DandelionMl.Benchmarks;

/// <summary>Small files that take the most time and memory to decode, of the size that is just accepted.</summary>
internal static class HostilePictures
{
    private const int Side = 7_071;

    public static IReadOnlyList<byte[]> All() => [Png(bits: 1, colour: 0, interlaced: false), Png(8, 6, false), Png(16, 6, true), WebP()];

    /// <summary>A PNG of one colour.</summary>
    private static byte[] Png(byte bits, byte colour, bool interlaced)
    {
        var bitsPerPixel = bits * (colour == 6 ? 4 : 1);
        using var pixels = new MemoryStream();
        using (var deflate = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true))
        {
            // Adam7's seven pictures: where each begins, and its steps.
            (int X, int Y, int StepX, int StepY)[] passes = interlaced
                ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
                : [(0, 0, 1, 1)];
            foreach (var (x, y, stepX, stepY) in passes)
            {
                var (columns, rows) = ((Side - x + stepX - 1) / stepX, (Side - y + stepY - 1) / stepY);
                var row = new byte[1 + ((long)columns * bitsPerPixel + 7) / 8];
                for (var index = 0; index < rows; index++)
                {
                    deflate.Write(row);
                }
            }
        }

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Side);
        (header[8], header[9], header[12]) = (bits, colour, (byte)(interlaced ? 1 : 0));
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, pixels.ToArray());
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, byte[] payload)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, payload.Length);
        file.Write(number);
        byte[] content = [.. type, .. payload];
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(content));
        file.Write(number);
    }

    /// <summary>A lossless WebP of 16,383 × 3,051 pixels of one colour: some 40 bytes.</summary>
    private static byte[] WebP()
    {
        using var bitmap = new SKBitmap(16_383, 3_051, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(SKColors.Green);
        using var pixels = bitmap.PeekPixels();
        using var data = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));
        return data!.ToArray();
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
