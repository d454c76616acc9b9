using System.Text;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Metadata;
using DandelionMl.Tests.Imaging.Pictures;
using DandelionMl.Tests.Support;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging.Metadata;

public sealed class PhotoMetadataTests
{
    private const string Secret = "48.8566N 2.3522E";
    private const int Width = 48;
    private const int Height = 40;

    private static readonly SkiaImageDecoder Decoder = new(new ImageLimits());
    private static readonly RgbImage Picture = SyntheticPhoto.Create(Width, Height, seed: 3);
    private static readonly byte[] Place = [.. Exif.Orientation(6), .. Encoding.ASCII.GetBytes(Secret)];

    public static TheoryData<string, Func<byte[]>> Photos => new()
    {
        { "JPEG: EXIF", () => Exif.IntoJpeg(Jpeg(), Place) },
        { "JPEG: XMP, IPTC, comment", () => Into(Into(Into(Jpeg(), 0xE1, "http://ns.adobe.com/xap/1.0/\0"), 0xED, "Photoshop 3.0\0"), 0xFE, "") },
        { "JPEG: other application", () => Into(Jpeg(), 0xE5, "maker\0") },
        { "JPEG: APP2 of two pictures", () => Into(Jpeg(), 0xE2, "MPF\0") },
        { "JPEG: JFIF's small copy", () => [0xFF, 0xD8, .. FlatJpegWriter.Segment(
            0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 2, 3, .. Encoding.ASCII.GetBytes(Secret)]), .. WithoutJfif(Jpeg())] },
        { "JPEG: comment between the scans", () => FlatJpegWriter.Write(
            [10, 90, 160], betweenScans: FlatJpegWriter.Segment(0xFE, Encoding.ASCII.GetBytes(Secret))) },
        { "JPEG: after its end", () => [.. Jpeg(), .. "ftyp"u8, .. Encoding.ASCII.GetBytes(Secret)] },
        { "JPEG: CMYK of Adobe", () => Into(FlatJpegWriter.Write([10, 90, 160, 220], adobeTransform: 2), 0xFE, "") },
        { "PNG: eXIf", () => Png(PngWriter.Chunk("eXIf"u8, Place)) },
        { "PNG: texts", () => Png(PngWriter.Chunk("tEXt"u8, Encoding.ASCII.GetBytes("Comment\0" + Secret))) },
        { "PNG: orientation in a text", () => Png(PngWriter.Chunk(
            "iTXt"u8, Encoding.ASCII.GetBytes($"XML:com.adobe.xmp\0\0\0\0\0<tiff:Orientation>6</tiff:Orientation>{Secret}"))) },
        { "PNG: after its end", () => [.. Png(), .. Encoding.ASCII.GetBytes(Secret)] },
        { "WebP: EXIF", () => WebPWriter.WithExif(WebP(), Width, Height, Place) },
        { "WebP: after its end", () => [.. WebP(), .. Encoding.ASCII.GetBytes(Secret)] },
    };

    [Theory]
    [MemberData(nameof(Photos), DisableDiscoveryEnumeration = true)]
    public void Strip_leaves_the_picture_and_nothing_of_what_was_said_of_it(string kind, Func<byte[]> make)
    {
        var photo = make();
        Assert.True(Holds(photo, Secret), kind);

        var stripped = PhotoMetadata.Strip(photo);

        Assert.False(Holds(stripped, Secret), kind);
        AssertSamePicture(photo, stripped);
        Assert.Equal(stripped, PhotoMetadata.Strip(stripped));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    public void Strip_keeps_the_orientation(int orientation)
    {
        byte[][] photos =
        [
            Exif.IntoJpeg(Jpeg(), orientation), Png(PngWriter.Chunk("eXIf"u8, Exif.Orientation(orientation))),
            WebPWriter.WithExif(WebP(), Width, Height, Exif.Orientation(orientation)),
        ];

        Assert.All(photos, photo => AssertSamePicture(photo, PhotoMetadata.Strip(photo)));
    }

    [Fact]
    public void Strip_keeps_the_colour_profile()
    {
        var photo = Into(Jpeg(), 0xE2, "ICC_PROFILE\0\u0001\u0001");
        Assert.Equal(photo.Length, PhotoMetadata.Strip(photo).Length);
    }

    [Fact]
    public void Strip_photo_without_metadata_is_as_it_was()
    {
        Assert.Equal(Jpeg(), PhotoMetadata.Strip(Jpeg()));
        Assert.Equal(FlatJpegWriter.Write([1, 2, 3], betweenScans: []), PhotoMetadata.Strip(FlatJpegWriter.Write([1, 2, 3], betweenScans: [])));
        Assert.Equal(Png(), PhotoMetadata.Strip(Png()));
        Assert.Equal(WebP(), PhotoMetadata.Strip(WebP()));
    }

    [Fact]
    public void Strip_file_of_another_format_is_as_it_was() => Assert.Equal("ftypheic"u8, PhotoMetadata.Strip("ftypheic"u8));

    [Fact]
    public void Strip_every_odd_picture_and_photo_looks_as_before()
    {
        var files = Directory.EnumerateFiles(SharedFiles.Require("data/odd-pictures")).Concat(
            Directory.EnumerateFiles(SharedFiles.Require("data/dandelion-grass"), "*.jpg", SearchOption.AllDirectories).Take(40));
        foreach (var file in files.Where(file => Path.GetExtension(file) is not (".json" or ".md")))
        {
            var photo = File.ReadAllBytes(file);
            RgbImage expected;
            try
            {
                expected = Decoder.Decode(photo, minimumSide: 64);
            }
            catch (ImageDecodingException)
            {
                continue;
            }

            var actual = Decoder.Decode(PhotoMetadata.Strip(photo), minimumSide: 64);
            Assert.True(expected.Width == actual.Width && expected.Pixels.AsSpan().SequenceEqual(actual.Pixels), file);
        }
    }

    private static void AssertSamePicture(byte[] expected, byte[] actual)
    {
        var (before, after) = (Decoder.DecodeForDisplay(expected), Decoder.DecodeForDisplay(actual));
        Assert.Equal((before.Width, before.Height), (after.Width, after.Height));
        Assert.Equal(before.Pixels, after.Pixels);
    }

    private static bool Holds(byte[] file, string text) => file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;

    private static byte[] Jpeg() => ImageEncoder.ToJpeg(Picture, 95);

    private static byte[] WithoutJfif(byte[] jpeg) => jpeg[(4 + ((jpeg[4] << 8) | jpeg[5]))..];

    private static byte[] Png(params byte[][] chunks) => PngWriter.Write(Width, Height, 8, 2, Picture.Pixels, chunks);

    private static byte[] WebP() => WebPWriter.Encode(Picture, SKWebpEncoderCompression.Lossless, 100);

    private static byte[] Into(byte[] jpeg, byte marker, string prefix) =>
        [.. jpeg[..2], .. FlatJpegWriter.Segment(marker, Encoding.Latin1.GetBytes(prefix + Secret)), .. jpeg[2..]];
}
