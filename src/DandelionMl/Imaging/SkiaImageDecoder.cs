using System.Runtime.InteropServices;
using DandelionMl.Imaging.Headers;
using SkiaSharp;

namespace DandelionMl.Imaging;

/// <summary>Decodes JPEG, PNG and WebP with SkiaSharp.
/// <para>The format is told by content. The limits are checked on the header, in managed code, before the native decoder sees
/// the input; besides, no side may be longer than 65,535 pixels and no JPEG coded in more than 100 scans. Of an animation the
/// first frame is read (of an animated PNG its default image). Every kind of pixel (greyscale, palette, 16-bit, CMYK, with
/// alpha) becomes 8-bit R, G, B. Embedded ICC profiles are not applied, as Pillow and torchvision do not: the networks were
/// trained on pixels read that way.</para>
/// <para>Memory: a JPEG takes its pixels and a few rows (a progressive one also its coefficients, up to 6 bytes per pixel); PNG
/// and WebP take a further 4 bytes per pixel while they are decoded.</para></summary>
internal sealed class SkiaImageDecoder : IImageDecoder
{
    /// <summary>Rows decoded at a time; few enough for the pixels to be still in the processor's cache when they are packed.</summary>
    private const int BandRows = 16;

    /// <summary>Longest side in pixels: what a JPEG's header can say. It bounds how narrow a picture can be, and with that the
    /// memory to resample it.</summary>
    private const int MaxSide = 65_535;

    private readonly int _maxBytes;
    private readonly int _maxPixels;
    private readonly int _maxFrames;

    /// <summary>Creates a decoder.</summary>
    /// <param name="limits">What it takes; read once, here.</param>
    public SkiaImageDecoder(ImageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _maxBytes = limits.MaxBytes;
        _maxPixels = Math.Min(limits.MaxPixels, Array.MaxLength / 3);
        _maxFrames = limits.MaxFrames;
    }

    /// <inheritdoc/>
    public unsafe ImageHeader ReadHeader(ReadOnlySpan<byte> bytes)
    {
        var header = ReadCheckedHeader(bytes);
        fixed (byte* start = bytes)
        {
            using var data = SKData.Create((nint)start, bytes.Length);
            using var codec = Open(data, header);
            var upright = UprightLayout.For(Orientation(codec, header), header.Width, header.Height);
            return new ImageHeader(header.Format, upright.Width, upright.Height, header.Frames);
        }
    }

    /// <inheritdoc/>
    public unsafe RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumSide);
        var header = ReadCheckedHeader(bytes);
        fixed (byte* start = bytes)
        {
            using var data = SKData.Create((nint)start, bytes.Length);
            using var codec = Open(data, header);
            return header.Format == ImageFormat.Jpeg
                ? DecodeByBands(codec, JpegScale.Choose(codec, minimumSide))
                : DecodeAtOnce(codec, Orientation(codec, header));
        }
    }

    private EncodedHeader ReadCheckedHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw new ImageDecodingException(ImageDecodingFailure.Empty, "The file is empty.");
        }

        if (bytes.Length > _maxBytes)
        {
            throw TooLarge($"The file is {bytes.Length} bytes; the limit is {_maxBytes} bytes.");
        }

        var header = HeaderReader.Read(bytes);
        return header.Width > MaxSide || header.Height > MaxSide
            ? throw TooLarge($"The picture is {header.Width} × {header.Height} pixels; a side can have at most {MaxSide}.")
            : header.Pixels > _maxPixels
            ? throw TooLarge($"The picture has {header.Width} × {header.Height} pixels; the limit is {_maxPixels} in all.")
            : header.Frames > _maxFrames
            ? throw TooLarge($"The picture has {header.Frames} frames; the limit is {_maxFrames}.")
            : header;
    }

    private static SKCodec Open(SKData data, EncodedHeader header)
    {
        var codec = SKCodec.Create(data);
        if (codec is not null && codec.Info.Width == header.Width && codec.Info.Height == header.Height)
        {
            return codec;
        }

        codec?.Dispose();
        throw HeaderReader.Damaged($"The {header.Format} picture's header is damaged or cut off.");
    }

    private static SKEncodedOrigin Orientation(SKCodec codec, EncodedHeader header) =>
        header.Format == ImageFormat.Png ? (SKEncodedOrigin)header.Orientation : codec.EncodedOrigin;

    private static unsafe RgbImage DecodeByBands(SKCodec codec, SKSizeI size)
    {
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        Check(codec.StartScanlineDecode(info), codec);

        var layout = UprightLayout.For(codec.EncodedOrigin, size.Width, size.Height);
        var pixels = GC.AllocateUninitializedArray<byte>(size.Width * size.Height * 3);
        using var band = new NativeBuffer((long)info.RowBytes * BandRows);
        for (var row = 0; row < size.Height; row += BandRows)
        {
            var rows = Math.Min(BandRows, size.Height - row);
            if (codec.GetScanlines((nint)band.Pointer, rows, info.RowBytes) < rows)
            {
                throw HeaderReader.Damaged($"The JPEG is damaged or cut off after {row} of {size.Height} rows.");
            }

            PixelPacking.PackRows(band.Pointer, size.Width, row, rows, layout, pixels);
        }

        return new RgbImage(layout.Width, layout.Height, pixels);
    }

    private static unsafe RgbImage DecodeAtOnce(SKCodec codec, SKEncodedOrigin orientation)
    {
        var size = codec.Info.Size;
        var alpha = codec.Info.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Premul;
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, alpha);
        using var buffer = new NativeBuffer(info.BytesSize64);
        Check(codec.GetPixels(info, (nint)buffer.Pointer), codec);

        var layout = UprightLayout.For(orientation, size.Width, size.Height);
        var pixels = GC.AllocateUninitializedArray<byte>(size.Width * size.Height * 3);
        PixelPacking.PackRows(buffer.Pointer, size.Width, 0, size.Height, layout, pixels);
        return new RgbImage(layout.Width, layout.Height, pixels);
    }

    private static void Check(SKCodecResult result, SKCodec codec)
    {
        if (result == SKCodecResult.Success)
        {
            return;
        }

        throw HeaderReader.Damaged(result == SKCodecResult.IncompleteInput
            ? $"The {codec.EncodedFormat} picture is cut off."
            : $"The {codec.EncodedFormat} picture is damaged ({result}).");
    }

    private static ImageDecodingException TooLarge(string message) => new(ImageDecodingFailure.TooLarge, message);

    /// <summary>Memory outside the managed heap, so that large transient pixels neither fragment nor inflate it.</summary>
    private readonly unsafe struct NativeBuffer(long bytes) : IDisposable
    {
        public byte* Pointer { get; } = (byte*)NativeMemory.Alloc((nuint)bytes);

        public void Dispose() => NativeMemory.Free(Pointer);
    }
}
