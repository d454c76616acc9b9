using System.IO.Compression;
using System.Text;
using DandelionMl.Imaging;
using DandelionMl.Tests.Imaging.Pictures;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging;

/// <summary>The eight EXIF orientations.</summary>
public sealed class SkiaImageDecoderOrientationTests
{
    private const int Width = 48;
    private const int Height = 40;

    private static readonly SkiaImageDecoder Decoder = new(new ImageLimits());
    private static readonly RgbImage Stored = SyntheticPhoto.Create(Width, Height, seed: 3);

    /// <summary>For each orientation, which stored pixel is seen at (x, y) of the upright picture, as the EXIF standard has it.</summary>
    public static TheoryData<int, Func<int, int, (int X, int Y)>> Orientations => new()
    {
        { 1, (x, y) => (x, y) },
        { 2, (x, y) => (Width - 1 - x, y) },
        { 3, (x, y) => (Width - 1 - x, Height - 1 - y) },
        { 4, (x, y) => (x, Height - 1 - y) },
        { 5, (x, y) => (y, x) },
        { 6, (x, y) => (y, Height - 1 - x) },
        { 7, (x, y) => (Width - 1 - y, Height - 1 - x) },
        { 8, (x, y) => (Width - 1 - y, x) },
    };

    [Theory]
    [MemberData(nameof(Orientations), DisableDiscoveryEnumeration = true)]
    public void Decode_jpeg_with_orientation_is_upright(int orientation, Func<int, int, (int X, int Y)> storedAt)
    {
        var jpeg = ImageEncoder.ToJpeg(Stored, 95);
        AssertUpright(Decoder.Decode(jpeg), Exif.IntoJpeg(jpeg, orientation), orientation, storedAt);
    }

    [Theory]
    [MemberData(nameof(Orientations), DisableDiscoveryEnumeration = true)]
    public void Decode_webp_with_orientation_is_upright(int orientation, Func<int, int, (int X, int Y)> storedAt)
    {
        var webp = WebPWriter.Encode(Stored, SKWebpEncoderCompression.Lossless, 100);
        var turned = WebPWriter.WithExif(webp, Width, Height, Exif.Orientation(orientation));
        AssertUpright(Stored, turned, orientation, storedAt);
    }

    [Theory]
    [MemberData(nameof(Orientations), DisableDiscoveryEnumeration = true)]
    public void Decode_png_with_orientation_is_upright(int orientation, Func<int, int, (int X, int Y)> storedAt)
    {
        var exif = PngWriter.Chunk("eXIf"u8, Exif.Orientation(orientation));
        AssertUpright(Stored, PngWriter.Write(Width, Height, 8, 2, Stored.Pixels, exif), orientation, storedAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decode_orientation_stored_as_long_is_upright(bool littleEndian)
    {
        var exif = Exif.LongOrientation(6, littleEndian);
        var jpeg = ImageEncoder.ToJpeg(Stored, 95);

        AssertTurned(Decoder.Decode(jpeg), Exif.IntoJpeg(jpeg, exif));
        AssertTurned(Stored, WebPWriter.WithExif(Lossless(), Width, Height, exif));
        AssertTurned(Stored, PngWriter.Write(Width, Height, 8, 2, Stored.Pixels, PngWriter.Chunk("eXIf"u8, exif)));
    }

    [Fact]
    public void Decode_webp_whose_exif_has_the_prefix_of_jpeg_is_upright() =>
        AssertTurned(Stored, WebPWriter.WithExif(Lossless(), Width, Height, [.. "Exif\0\0"u8, .. Exif.Orientation(6)]));

    [Fact]
    public void Decode_png_with_exif_behind_the_pixels_is_upright()
    {
        var png = PngWriter.Write(Width, Height, 8, 2, Stored.Pixels);
        var end = png.Length - PngWriter.Chunk("IEND"u8, []).Length;

        AssertTurned(Stored, [.. png[..end], .. PngWriter.Chunk("eXIf"u8, Exif.Orientation(6)), .. png[end..]]);
    }

    public static TheoryData<string, string, bool> Texts => new()
    {
        { "tEXt", "Raw profile type exif\0\nexif\n      32\n" + Convert.ToHexStringLower([.. "Exif\0\0"u8, .. Exif.Orientation(6)]) + "\n", false },
        { "zTXt", "Raw profile type exif\0\nexif\n      32\n" + Convert.ToHexStringLower(Exif.Orientation(6)) + "\n", true },
        { "iTXt", "XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta><rdf:Description tiff:Orientation=\"6\"/></x:xmpmeta>", false },
        { "iTXt", "XML:com.adobe.xmp\0\0\0\0\0<tiff:Orientation>6</tiff:Orientation>", false },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Decode_png_with_orientation_in_a_text_is_upright(string type, string text, bool isCompressed)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var keyword = Array.IndexOf(bytes, (byte)0) + 1;
        var payload = isCompressed ? [.. bytes[..keyword], 0, .. Deflate(bytes[keyword..])] : bytes;

        AssertTurned(Stored, PngWriter.Write(Width, Height, 8, 2, Stored.Pixels, PngWriter.Chunk(Encoding.Latin1.GetBytes(type), payload)));
    }

    [Theory]
    [InlineData("tEXt", "Raw profile type exif\0\nexif\n 4\nzz\n")]
    [InlineData("tEXt", "Raw profile type exif\0")]
    [InlineData("zTXt", "Raw profile type exif\0\0rubbish")]
    [InlineData("iTXt", "XML:com.adobe.xmp\0")]
    [InlineData("iTXt", "XML:com.adobe.xmp\0\u0001\0\0\0rubbish")]
    [InlineData("tEXt", "XML:com.adobe.xmp\0tiff:Orientation=\"9\"")]
    public void Decode_png_with_a_damaged_text_is_as_stored(string type, string text)
    {
        var chunk = PngWriter.Chunk(Encoding.Latin1.GetBytes(type), Encoding.Latin1.GetBytes(text));

        Assert.Equal(Stored.Pixels, Decoder.Decode(PngWriter.Write(Width, Height, 8, 2, Stored.Pixels, chunk)).Pixels);
    }

    [Fact]
    public void Decode_scaled_with_orientation_turns_the_scaled_picture()
    {
        var jpeg = ImageEncoder.ToJpeg(SyntheticPhoto.Create(320, 160, seed: 4));

        var upright = Decoder.Decode(Exif.IntoJpeg(jpeg, 6), minimumSide: 40);

        Assert.Equal((80, 160), (upright.Width, upright.Height));
    }

    private static void AssertTurned(RgbImage stored, byte[] file) => AssertUpright(stored, file, 6, (x, y) => (y, Height - 1 - x));

    private static byte[] Lossless() => WebPWriter.Encode(Stored, SKWebpEncoderCompression.Lossless, 100);

    private static byte[] Deflate(byte[] bytes)
    {
        using var deflated = new MemoryStream();
        using (var zlib = new ZLibStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return deflated.ToArray();
    }

    private static void AssertUpright(
        RgbImage stored, byte[] file, int orientation, Func<int, int, (int X, int Y)> storedAt)
    {
        var upright = Decoder.Decode(file);
        var header = Decoder.ReadHeader(file);

        Assert.Equal(orientation >= 5 ? (Height, Width) : (Width, Height), (upright.Width, upright.Height));
        Assert.Equal((upright.Width, upright.Height), (header.Width, header.Height));
        for (var y = 0; y < upright.Height; y++)
        {
            for (var x = 0; x < upright.Width; x++)
            {
                var (storedX, storedY) = storedAt(x, y);
                Assert.Equal(Pixel(stored, storedX, storedY), Pixel(upright, x, y));
            }
        }
    }

    private static int Pixel(RgbImage image, int x, int y)
    {
        var at = ((y * image.Width) + x) * 3;
        return (image.Pixels[at] << 16) | (image.Pixels[at + 1] << 8) | image.Pixels[at + 2];
    }
}
