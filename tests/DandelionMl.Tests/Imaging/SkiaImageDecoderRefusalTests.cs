using DandelionMl.Imaging;
using DandelionMl.Tests.Imaging.Pictures;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging;

/// <summary>What is refused, and how.</summary>
public sealed class SkiaImageDecoderRefusalTests
{
    private static readonly SkiaImageDecoder Decoder = new(new ImageLimits());
    private static readonly RgbImage Photo = SyntheticPhoto.Create(64, 48, seed: 5);

    public static TheoryData<string, byte[]> OtherFormats => new()
    {
        { "HEIC", [0, 0, 0, 24, .. "ftypheic"u8, .. new byte[12]] },
        { "AVIF", [0, 0, 0, 24, .. "ftypavif"u8, .. new byte[12]] },
        { "MP4", [0, 0, 0, 24, .. "ftypisom"u8, .. new byte[12]] },
        { "GIF", [.. "GIF89a"u8, .. new byte[20]] },
        { "BMP", [.. "BM"u8, .. new byte[30]] },
        { "TIFF", [.. "II*\0"u8, .. new byte[20]] },
        { "TIFF", [.. "MM\0*"u8, .. new byte[20]] },
        { "PDF", [.. "%PDF-1.7"u8] },
        { "SVG", [.. "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>"u8] },
        { "HTML", [.. "\n<!DOCTYPE html><html></html>"u8] },
        { "JPEG XL", [0xFF, 0x0A, 1, 2, 3] },
        { "JPEG 2000", [0, 0, 0, 12, .. "jP  \r\n"u8] },
        { "ICO", [0, 0, 1, 0, 1, 0] },
        { "ZIP", [.. "PK\u0003\u0004"u8, 0, 0] },
        { "RIFF", [.. "RIFF\0\0\0\0ACONanih"u8] },
        { "WAV", [.. "RIFF\0\0\0\0WAVEfmt "u8] },
        { "AVIF", [0, 0, 0, 28, .. "ftypmif1\0\0\0\0mif1avifmiaf"u8] },
        { "HEIC", [0, 0, 0, 24, .. "ftypmif1\0\0\0\0mif1heic"u8] },
        { "Canon raw (CR3)", [0, 0, 0, 24, .. "ftypcrx \0\0\0\u0001crx isom"u8] },
        { "TIFF", [.. "II+\0"u8, .. new byte[20]] },
        { "Panasonic raw (RW2)", [.. "IIU\0"u8, .. new byte[20]] },
        { "Olympus raw (ORF)", [.. "IIRO"u8, .. new byte[20]] },
        { "Fujifilm raw (RAF)", [.. "FUJIFILMCCD-RAW 0201"u8] },
        { "PPM", [.. "P6\n2 2\n255\n"u8, .. new byte[12]] },
        { "QOI", [.. "qoif"u8, .. new byte[20]] },
        { "TGA", [0, 0, 2, .. new byte[40], .. "TRUEVISION-XFILE.\0"u8] },
        { "EPS", [.. "%!PS-Adobe-3.0 EPSF-3.0"u8] },
        { "DICOM", [.. new byte[128], .. "DICM"u8] },
        { "SVG", [.. "<?xml version=\"1.0\"?><!--"u8, .. Enumerable.Repeat((byte)'x', 600), .. "--><svg/>"u8] },
        { "SVG", [0xFF, 0xFE, .. "<\0s\0v\0g\0/\0>\0"u8] },
        { "SVG", [0xFE, 0xFF, .. "\0<\0s\0v\0g\0/\0>"u8] },
        { "gzip", [0x1F, 0x8B, 8, 0, 1, 2, 3] },
        { "This", [.. "just text"u8] },
        { "This", [0] },
    };

    [Theory]
    [MemberData(nameof(OtherFormats))]
    public void Decode_other_format_is_named(string name, byte[] file)
    {
        var error = AssertRefused(ImageDecodingFailure.UnsupportedFormat, file);
        Assert.StartsWith(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OtherFormats))]
    public void Decode_beginning_of_another_format_is_refused(string name, byte[] file)
    {
        for (var length = 1; length <= file.Length; length++)
        {
            var error = Assert.Throws<ImageDecodingException>(() => Decoder.Decode(file.AsSpan(0, length)));
            Assert.True(error.Reason is ImageDecodingFailure.UnsupportedFormat or ImageDecodingFailure.Damaged, $"{name}, {length} bytes: {error.Message}");
        }
    }

    [Fact]
    public void Decode_nothing_is_refused() => AssertRefused(ImageDecodingFailure.Empty, []);

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(8192, 6145)]
    [InlineData(1, 65_536)]
    public void Decode_png_header_beyond_the_pixel_limit_is_refused(int width, int height) =>
        AssertRefused(
            ImageDecodingFailure.TooLarge,
            [.. PngWriter.Signature, .. PngWriter.Header(width, height, 8, 2), .. PngWriter.Chunk("IDAT"u8, new byte[40])]);

    [Fact]
    public void Header_of_a_50_megapixel_phone_is_accepted() =>
        Assert.Equal(8192, Decoder.ReadHeader(PngWriter.Write(8192, 6144, 1, 0, new byte[1024 * 6144])).Width);

    [Fact]
    public void Smallest_lossless_webp_is_read()
    {
        byte[] webp = [.. "RIFF\u0014\0\0\0WEBPVP8L\u0008\0\0\0"u8, 0x2F, 0, 0, 0, 0, 0x88, 0x88, 0x08];

        Assert.Equal((1, 1), (Decoder.Decode(webp).Width, Decoder.Decode(webp).Height));
    }

    [Fact]
    public void Alpha_of_a_picture_that_says_it_has_none_is_left_out()
    {
        // Two pixels of 200, 150, 0 with alphas below 255, in a lossless WebP whose header says that none is used.
        byte[] webp =
        [
            .. "RIFF\u001e\0\0\0WEBPVP8L\u0012\0\0\0"u8,
            0x2F, 0x01, 0, 0, 0, 0x0F, 0x30, 0x96, 0x83, 0x1C, 0x03, 0x18, 0x23, 0x2A, 0x10, 0xD1, 0xFF, 0,
        ];

        Assert.Equal([200, 150, 0, 200, 150, 0], Decoder.Decode(webp).Pixels);
    }

    [Fact]
    public void Decode_webp_header_beyond_the_pixel_limit_is_refused() =>
        AssertRefused(ImageDecodingFailure.TooLarge, WebPWriter.CanvasOnly(1 << 24, 1 << 24));

    [Fact]
    public void Decode_jpeg_header_beyond_the_pixel_limit_is_refused()
    {
        var jpeg = FlatJpegWriter.Write([1, 2, 3]);
        var size = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[8, 0, 8, 0, 8]) + 1;
        jpeg.AsSpan(size, 4).Fill(0xF0);

        AssertRefused(ImageDecodingFailure.TooLarge, jpeg);
    }

    [Fact]
    public void Decode_header_without_pixels_is_damaged()
    {
        AssertRefused(ImageDecodingFailure.Damaged, [.. PngWriter.Signature, .. PngWriter.Header(0, 10, 8, 2), .. new byte[20]]);
        AssertRefused(ImageDecodingFailure.Damaged, WebPWriter.CanvasOnly(10, 10));
        AssertRefused(ImageDecodingFailure.Damaged, [0xFF, 0xD8, 0xFF, 0xD9]);
    }

    [Fact]
    public void Decode_at_and_above_each_limit_draws_the_line_there()
    {
        var png = ImageEncoder.ToPng(Photo);
        var animation = WebPWriter.Animate(WebPWriter.Encode(Photo, SKWebpEncoderCompression.Lossless), 64, 48, frames: 4);

        AssertTaken(png, new ImageLimits { MaxBytes = png.Length, MaxPixels = 64 * 48 });
        AssertTooLarge(png, new ImageLimits { MaxBytes = png.Length - 1 });
        AssertTooLarge(png, new ImageLimits { MaxPixels = (64 * 48) - 1 });
        AssertTaken(animation, new ImageLimits { MaxFrames = 4 });
        AssertTooLarge(animation, new ImageLimits { MaxFrames = 3 });
    }

    [Fact]
    public void Decode_animated_png_beyond_the_frame_limit_is_refused()
    {
        var control = PngWriter.Chunk("acTL"u8, [0, 0, 0, 50, 0, 0, 0, 0]);
        var png = PngWriter.Write(1, 1, 8, 0, [9], control);

        AssertTaken(png, new ImageLimits { MaxFrames = 50 });
        AssertTooLarge(png, new ImageLimits { MaxFrames = 49 });
    }

    [Fact]
    public void Decode_baseline_jpeg_of_very_many_scans_is_refused()
    {
        // The first has one component, so that those of all that follow are read, too.
        var scan = FlatJpegWriter.Segment(0xDA, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);

        AssertRefused(
            ImageDecodingFailure.TooLarge, FlatJpegWriter.Write([10, 90, 160], betweenScans: [.. Enumerable.Repeat(scan, 200).SelectMany(bytes => bytes)]));
    }

    [Fact]
    public void Decode_progressive_jpeg_of_very_many_scans_is_refused()
    {
        var jpeg = FlatJpegWriter.Write([1, 2, 3]);
        jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 1] = 0xC2;
        var scan = FlatJpegWriter.Segment(0xDA, [1, 1, 0, 1, 63, 0]);

        AssertRefused(ImageDecodingFailure.TooLarge, [.. jpeg[..^2], .. Enumerable.Repeat(scan, 200).SelectMany(bytes => bytes)]);
    }

    [Theory]
    [InlineData(0xC3)]
    [InlineData(0xC9)]
    public void Decode_jpeg_of_a_rare_kind_is_unsupported(byte frameHeader)
    {
        var jpeg = FlatJpegWriter.Write([1, 2, 3]);
        jpeg[jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]) + 1] = frameHeader;

        AssertRefused(ImageDecodingFailure.UnsupportedFormat, jpeg);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Decode_cut_off_file_is_damaged(double kept)
    {
        foreach (var file in RealFiles())
        {
            AssertRefused(ImageDecodingFailure.Damaged, file[..(int)(file.Length * kept)]);
        }
    }

    [Fact]
    public void Decode_png_with_a_wrong_checksum_is_damaged()
    {
        var png = ImageEncoder.ToPng(Photo);
        png[png.Length / 2] ^= 0x55;

        AssertRefused(ImageDecodingFailure.Damaged, png);
    }

    [Fact]
    public void Decode_negative_minimum_side_is_an_argument_error() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Decoder.Decode(ImageEncoder.ToPng(Photo), minimumSide: -1));

    private static byte[][] RealFiles() =>
    [
        ImageEncoder.ToJpeg(Photo), ImageEncoder.ToPng(Photo),
        WebPWriter.Encode(Photo, SKWebpEncoderCompression.Lossy), WebPWriter.Encode(Photo, SKWebpEncoderCompression.Lossless),
    ];

    private static ImageDecodingException AssertRefused(ImageDecodingFailure reason, byte[] file)
    {
        var error = Assert.Throws<ImageDecodingException>(() => Decoder.Decode(file));
        Assert.Equal(reason, error.Reason);
        return error;
    }

    private static void AssertTooLarge(byte[] file, ImageLimits limits)
    {
        var decoder = new SkiaImageDecoder(limits);
        Assert.Equal(ImageDecodingFailure.TooLarge, Assert.Throws<ImageDecodingException>(() => decoder.Decode(file)).Reason);
        Assert.Equal(ImageDecodingFailure.TooLarge, Assert.Throws<ImageDecodingException>(() => decoder.ReadHeader(file)).Reason);
    }

    private static void AssertTaken(byte[] file, ImageLimits limits) =>
        Assert.Equal(new SkiaImageDecoder(limits).ReadHeader(file).Width, new SkiaImageDecoder(limits).Decode(file).Width);
}
