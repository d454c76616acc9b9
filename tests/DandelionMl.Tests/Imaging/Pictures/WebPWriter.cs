using System.Buffers.Binary;
using DandelionMl.Imaging;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging.Pictures;

/// <summary>Writes WebP files.</summary>
internal static class WebPWriter
{
    public static byte[] Encode(RgbImage image, SKWebpEncoderCompression compression, float quality = 90)
    {
        // Without a colour space, so that no profile is written and the picture is the file's first chunk.
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            var pixel = image.Pixels.AsSpan(i * 3, 3);
            bitmap.SetPixel(i % image.Width, i / image.Width, new SKColor(pixel[0], pixel[1], pixel[2]));
        }

        using var pixels = bitmap.PeekPixels();
        using var data = pixels.Encode(new SKWebpEncoderOptions(compression, quality));
        return data!.ToArray();
    }

    /// <summary>Makes an animation that repeats a still picture.</summary>
    public static byte[] Animate(byte[] still, int width, int height, int frames)
    {
        var bitstream = still.AsSpan(12).ToArray();
        byte[] size = [.. UInt24(width - 1), .. UInt24(height - 1)];
        var frame = Chunk("ANMF"u8, [0, 0, 0, 0, 0, 0, .. size, .. UInt24(100), 0, .. bitstream]);
        return Riff(
        [
            .. Chunk("VP8X"u8, [0x02, 0, 0, 0, .. size]),
            .. Chunk("ANIM"u8, [255, 255, 255, 255, 0, 0]),
            .. Enumerable.Repeat(frame, frames).SelectMany(bytes => bytes),
        ]);
    }

    /// <summary>Puts EXIF data behind a still picture.</summary>
    public static byte[] WithExif(byte[] still, int width, int height, byte[] exif) => Riff(
    [
        .. Chunk("VP8X"u8, [0x08, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)]),
        .. still[12..],
        .. Chunk("EXIF"u8, exif),
    ]);

    /// <summary>A file that is a header and no more.</summary>
    public static byte[] CanvasOnly(int width, int height) =>
        Riff(Chunk("VP8X"u8, [0, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)]));

    private static byte[] Riff(byte[] chunks) => [.. "RIFF"u8, .. UInt32(chunks.Length + 4), .. "WEBP"u8, .. chunks];

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] payload) =>
        [.. type, .. UInt32(payload.Length), .. payload, .. new byte[payload.Length & 1]];

    private static byte[] UInt24(int value) => UInt32(value)[..3];

    private static byte[] UInt32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
