using DandelionMl.Imaging;
using DandelionMl.Imaging.Turbo;
using DandelionMl.Tests.Imaging.Pictures;
using DandelionMl.Tests.Support;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging.Turbo;

/// <summary>The machine's libturbojpeg gives what Skia gives.</summary>
public sealed class TurboJpegDecoderTests
{
    private static readonly SkiaImageDecoder BySkia = new(new ImageLimits(), turbo: null);

    public static TheoryData<SKJpegEncoderDownsample> Subsamplings => [.. Enum.GetValues<SKJpegEncoderDownsample>()];

    [Theory]
    [MemberData(nameof(Subsamplings))]
    public void Decode_gives_the_same_pixels_at_every_size_and_scale(SKJpegEncoderDownsample subsampling)
    {
        var machine = Require();
        var decoder = new SkiaImageDecoder(new ImageLimits(), machine);
        for (var width = 1; width <= 40; width += 3)
        {
            for (var height = 1; height <= 40; height += 4)
            {
                var jpeg = Encode(SyntheticPhoto.Create(width, height, seed: width), subsampling, quality: 50 + width);
                foreach (var minimumSide in (int[])[0, 1, 2, 3, 5, 9])
                {
                    AssertSame(BySkia.Decode(jpeg, minimumSide), decoder.Decode(jpeg, minimumSide), $"{width} × {height}, {minimumSide}");
                }
            }
        }
    }

    [Fact]
    public void Decode_gives_the_same_pixels_of_real_photos()
    {
        var decoder = new SkiaImageDecoder(new ImageLimits(), Require());
        var photos = Directory.EnumerateFiles(SharedFiles.Require("data/dandelion-grass"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        foreach (var photo in photos.Where((_, index) => index % 10 == 0))
        {
            var jpeg = File.ReadAllBytes(photo);
            foreach (var minimumSide in (int[])[0, 32, 96, 224])
            {
                AssertSame(BySkia.Decode(jpeg, minimumSide), decoder.Decode(jpeg, minimumSide), $"{photo}, {minimumSide}");
            }
        }
    }

    [Fact]
    public void Decode_gives_the_same_pixels_of_grey_and_turned_pictures()
    {
        var decoder = new SkiaImageDecoder(new ImageLimits(), Require());
        var jpeg = Encode(SyntheticPhoto.Create(90, 60, seed: 4), SKJpegEncoderDownsample.Downsample420, quality: 90);
        byte[][] pictures = [FlatJpegWriter.Write([77]), FlatJpegWriter.WriteWithRestarts(3, 99, 200), .. Enumerable.Range(1, 8).Select(orientation => Exif.IntoJpeg(jpeg, orientation))];
        foreach (var (index, picture) in pictures.Index())
        {
            AssertSame(BySkia.Decode(picture), decoder.Decode(picture), $"picture {index}");
            AssertSame(BySkia.Decode(picture, minimumSide: 12), decoder.Decode(picture, minimumSide: 12), $"picture {index}, scaled");
        }
    }

    [Fact]
    public void Plain_jpeg_is_decoded_and_what_is_not_plain_is_left_to_Skia()
    {
        var machine = Require();
        var jpeg = Encode(SyntheticPhoto.Create(90, 60, seed: 4), SKJpegEncoderDownsample.Downsample420, quality: 90);

        Assert.NotNull(Decode(machine, jpeg, 90, 60));
        Assert.NotNull(Decode(machine, FlatJpegWriter.Write([77]), 8, 8));
        Assert.Null(Decode(machine, jpeg[..^200], 90, 60));
        Assert.Null(Decode(machine, FlatJpegWriter.Write([1, 2, 3, 4], adobeTransform: 0), 8, 8)); // CMYK.
        Assert.Null(Decode(machine, FlatJpegWriter.Write([1, 2, 3], adobeTransform: 0), 8, 8)); // R, G, B.
        Assert.Null(Decode(machine, jpeg, 91, 60));
        Assert.Null(Decode(machine, "no picture"u8.ToArray(), 8, 8));
    }

    [Fact]
    public void Decode_cut_off_is_refused_as_by_Skia()
    {
        var decoder = new SkiaImageDecoder(new ImageLimits(), Require());
        var jpeg = Encode(SyntheticPhoto.Create(90, 60, seed: 4), SKJpegEncoderDownsample.Downsample420, quality: 90);
        for (var length = 0; length < jpeg.Length; length += 101)
        {
            Assert.Equal(Outcome(BySkia, jpeg[..length]), Outcome(decoder, jpeg[..length]));
        }
    }

    [Fact]
    public void TryLoad_without_the_library_or_its_functions_gives_none()
    {
        Assert.Null(TurboJpegLibrary.TryLoad("libturbojpeg-that-is-not-there.so.0"));
        Assert.SkipUnless(OperatingSystem.IsLinux(), "takes Linux's C library for another one");
        Assert.Null(TurboJpegLibrary.TryLoad("libc.so.6"));
    }

    private static TurboJpegDecoder Require()
    {
        Assert.SkipWhen(TurboJpegDecoder.OfMachine is null, "needs libturbojpeg");
        return TurboJpegDecoder.OfMachine!;
    }

    private static unsafe byte[]? Decode(TurboJpegDecoder decoder, byte[] jpeg, int width, int height)
    {
        fixed (byte* start = jpeg)
        {
            return decoder.TryDecode(start, jpeg.Length, new JpegScale(width, height, 8), UprightLayout.For(SKEncodedOrigin.TopLeft, width, height));
        }
    }

    private static string Outcome(SkiaImageDecoder decoder, byte[] file)
    {
        try
        {
            return Convert.ToHexString(decoder.Decode(file).Pixels);
        }
        catch (ImageDecodingException exception)
        {
            return $"{exception.Reason}: {exception.Message}";
        }
    }

    private static byte[] Encode(RgbImage image, SKJpegEncoderDownsample subsampling, int quality)
    {
        using var bitmap = SKBitmap.Decode(ImageEncoder.ToPng(image));
        using var pixels = bitmap.PeekPixels();
        using var data = pixels!.Encode(new SKJpegEncoderOptions(quality, subsampling, SKJpegEncoderAlphaOption.Ignore));
        return data!.ToArray();
    }

    private static void AssertSame(RgbImage expected, RgbImage found, string what)
    {
        Assert.Equal((expected.Width, expected.Height), (found.Width, found.Height));
        Assert.True(expected.Pixels.AsSpan().SequenceEqual(found.Pixels), what);
    }
}
