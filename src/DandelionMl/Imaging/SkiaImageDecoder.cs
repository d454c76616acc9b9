using System.Globalization;
using DandelionMl.Imaging.Headers;
using DandelionMl.Imaging.Jpeg;
using DandelionMl.Imaging.Turbo;
using SkiaSharp;

namespace DandelionMl.Imaging;

/// <summary>Decodes JPEG, PNG and WebP with SkiaSharp; plain JPEGs with the machine's libturbojpeg where it has one, to the same pixels.
/// <para>The format is told by content. The limits are checked on the header, in managed code, before the native decoder sees
/// the input; besides, no side may be longer than 65,535 pixels and no JPEG coded in more than 100 scans. Of an animation the
/// first frame is read (of an animated PNG its default image). Every kind of pixel (greyscale, palette, 16-bit, CMYK, with
/// alpha) becomes 8-bit R, G, B. Embedded ICC profiles are applied for display alone, not for the networks, as Pillow and torchvision do not:
/// they were trained on pixels read that way.</para>
/// <para>Memory: a JPEG takes its pixels and a few rows (a progressive one also its coefficients, up to 6 bytes per pixel; one that is turned up to
/// 16 MiB); PNG
/// and WebP take a further 4 bytes per pixel while they are decoded, an interlaced PNG of 16 bits a channel up to 15.</para></summary>
internal sealed class SkiaImageDecoder : IImageDecoder
{
    /// <summary>Rows decoded at a time; few enough for the pixels to be still in the processor's cache when they are packed.</summary>
    private const int BandRows = 16;

    /// <summary>Longest side in pixels: what a JPEG's header can say. It bounds how narrow a picture can be, and with that the
    /// memory to resample it.</summary>
    private const int MaxSide = 65_535;

    /// <summary>What libjpeg gives for pixels that no data codes: the middle of the range, of each colour or of each ink.</summary>
    private const byte LostGrey = 128;
    private const byte LostGreyOfInk = 64;

    private readonly int _maxBytes;
    private readonly int _maxPixels;
    private readonly int _maxFrames;

    private readonly TurboJpegDecoder? _turbo;

    /// <summary>Creates a decoder.</summary>
    /// <param name="limits">What it takes; read once, here.</param>
    public SkiaImageDecoder(ImageLimits limits)
        : this(limits, TurboJpegDecoder.OfMachine)
    {
    }

    /// <summary>Creates a decoder.</summary>
    /// <param name="limits">What it takes; read once, here.</param>
    /// <param name="turbo">What plain JPEGs are decoded with; null for Skia.</param>
    internal SkiaImageDecoder(ImageLimits limits, TurboJpegDecoder? turbo)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _maxBytes = limits.MaxBytes;
        _maxPixels = Math.Min(limits.MaxPixels, Array.MaxLength / 3);
        _maxFrames = limits.MaxFrames;
        _turbo = turbo;
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
    public RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0) => Decode(bytes, minimumSide, colours: null);

    /// <inheritdoc/>
    public RgbImage DecodeForDisplay(ReadOnlySpan<byte> bytes, int minimumSide = 0)
    {
        using var display = SKColorSpace.CreateSrgb();
        return Decode(bytes, minimumSide, display);
    }

    private unsafe RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide, SKColorSpace? colours)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumSide);
        var header = ReadCheckedHeader(bytes);
        fixed (byte* start = bytes)
        {
            using var data = SKData.Create((nint)start, bytes.Length);
            using var codec = Open(data, header);
            return header.Format == ImageFormat.Jpeg
                ? DecodeJpeg(codec, JpegScale.Choose(codec.Info.Size, minimumSide), Orientation(codec, header), colours, bytes)
                : DecodeAtOnce(codec, Orientation(codec, header), colours);
        }
    }

    private unsafe RgbImage DecodeJpeg(SKCodec codec, JpegScale scale, SKEncodedOrigin orientation, SKColorSpace? colours, ReadOnlySpan<byte> bytes)
    {
        var layout = UprightLayout.For(orientation, scale.Width, scale.Height);
        byte[]? pixels;
        fixed (byte* start = bytes)
        {
            pixels = colours is null ? _turbo?.TryDecode(start, bytes.Length, scale, layout) : null;
        }

        pixels ??= DecodeByBands(codec, scale, layout, colours);
        CheckCoverage(pixels.AsSpan(layout.IndexOf(scale.Width - 1, scale.Height - 1) * 3, 3), bytes);
        return new RgbImage(layout.Width, layout.Height, pixels);
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

    // What Skia leaves out is read here: that of a PNG, one stored as LONG, one with JPEG's prefix in a WebP.
    private static SKEncodedOrigin Orientation(SKCodec codec, EncodedHeader header) =>
        header.Format != ImageFormat.Png && codec.EncodedOrigin is > SKEncodedOrigin.TopLeft and var origin
            ? origin
            : (SKEncodedOrigin)header.Orientation;

    private static unsafe byte[] DecodeByBands(SKCodec codec, JpegScale size, UprightLayout layout, SKColorSpace? colours)
    {
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque, colours);
        Check(codec.StartScanlineDecode(info), codec);

        var pixels = GC.AllocateUninitializedArray<byte>(size.Width * size.Height * 3);
        using var band = new NativeBuffer((long)info.RowBytes * BandRows);
        for (var row = 0; row < size.Height; row += BandRows)
        {
            var rows = Math.Min(BandRows, size.Height - row);
            if (codec.GetScanlines((nint)band.Pointer, rows, info.RowBytes) < rows)
            {
                throw HeaderReader.Damaged($"The JPEG is damaged or cut off after {row} of {size.Height} rows.");
            }

            PixelPacking.PackRows(band.Pointer, size.Width, row, rows, layout, isOpaque: true, pixels);
        }

        return pixels;
    }

    /// <summary>Decodes the whole picture into one buffer. Ends the codec.</summary>
    private static unsafe RgbImage DecodeAtOnce(SKCodec codec, SKEncodedOrigin orientation, SKColorSpace? colours)
    {
        var size = codec.Info.Size;
        var alpha = codec.Info.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Premul;
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, alpha, colours);
        using var buffer = new NativeBuffer(info.BytesSize64);
        Check(codec.GetPixels(info, (nint)buffer.Pointer), codec);

        // Its own copy of the pixels, up to 8 bytes each, goes before the packed ones are made.
        codec.Dispose();
        var layout = UprightLayout.For(orientation, size.Width, size.Height);
        var pixels = GC.AllocateUninitializedArray<byte>(size.Width * size.Height * 3);
        PixelPacking.PackRows(buffer.Pointer, size.Width, 0, size.Height, layout, alpha == SKAlphaType.Opaque, pixels);
        return new RgbImage(layout.Width, layout.Height, pixels);
    }

    /// <summary>Refuses a JPEG of which a part is lost. What is lost is grey, so that a picture whose last pixel is not is whole, which most
    /// are; of the others the data is counted, as of those with restart markers, where what follows a loss is there.</summary>
    private static void CheckCoverage(ReadOnlySpan<byte> lastPixel, ReadOnlySpan<byte> bytes)
    {
        var endsGrey = lastPixel[0] == lastPixel[1] && lastPixel[1] == lastPixel[2] && lastPixel[0] is LostGrey or LostGreyOfInk;
        if (!endsGrey && !JpegCoverage.HasRestarts(bytes))
        {
            return;
        }

        var share = JpegCoverage.Measure(bytes);
        if (share < 1)
        {
            throw HeaderReader.Damaged(string.Create(
                CultureInfo.InvariantCulture, $"The JPEG is damaged or cut off: it holds {share * 100:0.#} % of the picture."));
        }
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
}
