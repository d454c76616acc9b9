using DandelionMl.Imaging;
using DandelionMl.Tests.Imaging.Pictures;
using SkiaSharp;

namespace DandelionMl.Tests.Imaging;

/// <summary>Every kind of pixel becomes 8-bit R, G, B.</summary>
public sealed class SkiaImageDecoderFormatTests
{
    private static readonly SkiaImageDecoder Decoder = new(new ImageLimits());
    private static readonly RgbImage Photo = SyntheticPhoto.Create(37, 21, seed: 1);

    [Fact]
    public void Decode_png_gives_the_same_pixels()
    {
        var decoded = Decoder.Decode(ImageEncoder.ToPng(Photo));

        Assert.Equal((37, 21), (decoded.Width, decoded.Height));
        Assert.Equal(Photo.Pixels, decoded.Pixels);
    }

    [Fact]
    public void Decode_lossless_webp_gives_the_same_pixels() =>
        Assert.Equal(Photo.Pixels, Decoder.Decode(WebPWriter.Encode(Photo, SKWebpEncoderCompression.Lossless, 100)).Pixels);

    [Fact]
    public void Decode_lossy_formats_stays_close()
    {
        var smooth = SyntheticPhoto.Create(160, 120, seed: 2);

        Assert.InRange(MeanDifference(smooth, Decoder.Decode(ImageEncoder.ToJpeg(smooth, 95))), 0, 6);
        Assert.InRange(MeanDifference(smooth, Decoder.Decode(WebPWriter.Encode(smooth, SKWebpEncoderCompression.Lossy, 95))), 0, 6);
    }

    [Fact]
    public void ReadHeader_each_format_tells_format_and_size()
    {
        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, 37, 21, 1), Decoder.ReadHeader(ImageEncoder.ToJpeg(Photo)));
        Assert.Equal(new ImageHeader(ImageFormat.Png, 37, 21, 1), Decoder.ReadHeader(ImageEncoder.ToPng(Photo)));
        Assert.Equal(
            new ImageHeader(ImageFormat.WebP, 37, 21, 1),
            Decoder.ReadHeader(WebPWriter.Encode(Photo, SKWebpEncoderCompression.Lossy)));
        Assert.Equal(
            new ImageHeader(ImageFormat.WebP, 37, 21, 1),
            Decoder.ReadHeader(WebPWriter.Encode(Photo, SKWebpEncoderCompression.Lossless)));
    }

    [Fact]
    public void Decode_greyscale_png_and_jpeg_give_equal_channels()
    {
        Assert.Equal([10, 10, 10, 200, 200, 200], Decoder.Decode(PngWriter.Write(2, 1, 8, 0, [10, 200])).Pixels);
        Assert.All(Decoder.Decode(FlatJpegWriter.Write([77])).Pixels, value => Assert.Equal(77, value));
    }

    [Fact]
    public void Decode_16_bit_png_keeps_the_high_byte()
    {
        var rgb = PngWriter.Write(1, 1, 16, 2, [0x12, 0x34, 0xAB, 0xCD, 0xFF, 0xFF]);
        var grey = PngWriter.Write(1, 1, 16, 0, [0x80, 0x00]);

        AssertClose([0x12, 0xAB, 0xFF], Decoder.Decode(rgb).Pixels, 1);
        AssertClose([0x80, 0x80, 0x80], Decoder.Decode(grey).Pixels, 1);
    }

    [Fact]
    public void Decode_palette_png_with_transparency_looks_colours_up_over_white()
    {
        var palette = PngWriter.Chunk("PLTE"u8, [255, 0, 0, 0, 255, 0, 0, 0, 255]);
        var transparency = PngWriter.Chunk("tRNS"u8, [255, 0]);

        var decoded = Decoder.Decode(PngWriter.Write(3, 1, 8, 3, [0, 1, 2], palette, transparency));

        Assert.Equal([255, 0, 0, 255, 255, 255, 0, 0, 255], decoded.Pixels);
    }

    [Fact]
    public void Decode_one_bit_png_gives_black_and_white() =>
        Assert.Equal([255, 255, 255, 0, 0, 0], Decoder.Decode(PngWriter.Write(2, 1, 1, 0, [0b1000_0000])).Pixels);

    [Fact]
    public void Decode_half_transparent_png_lies_over_white()
    {
        byte[] pixels = [.. Enumerable.Repeat<byte[]>([0, 100, 255, 128], 9).SelectMany(pixel => pixel)];

        var decoded = Decoder.Decode(PngWriter.Write(9, 1, 8, 6, pixels)); // Nine: both the vectorised loop and its rest.

        var expected = Enumerable.Repeat<byte[]>([127, 177, 255], 9).SelectMany(pixel => pixel).ToArray();
        AssertClose(expected, decoded.Pixels, 1);
    }

    [Fact]
    public void Decode_grey_and_alpha_png_lies_over_white() =>
        Assert.Equal([255, 255, 255, 9, 9, 9], Decoder.Decode(PngWriter.Write(2, 1, 8, 4, [50, 0, 9, 255])).Pixels);

    [Fact]
    public void Decode_cmyk_jpeg_gives_rgb()
    {
        // Adobe stores inverted inks: 255 is none. Magenta and yellow in full is red.
        var red = Decoder.Decode(FlatJpegWriter.Write([255, 0, 0, 255], adobeTransform: 0));

        AssertClose([255, 0, 0], red.Pixels[..3], 2);
    }

    [Fact]
    public void Decode_ycck_jpeg_gives_rgb()
    {
        // The inverted inks of red, above, are stored as the YCbCr of their complement (0, 255, 255).
        var red = Decoder.Decode(FlatJpegWriter.Write([179, 171, 1, 255], adobeTransform: 2));

        AssertClose([255, 0, 0], red.Pixels[..3], 3);
    }

    [Fact]
    public void Decode_animation_gives_the_first_frame()
    {
        var still = WebPWriter.Encode(Photo, SKWebpEncoderCompression.Lossless, 100);
        var animation = WebPWriter.Animate(still, Photo.Width, Photo.Height, frames: 3);

        Assert.Equal(3, Decoder.ReadHeader(animation).Frames);
        Assert.Equal(Photo.Pixels, Decoder.Decode(animation).Pixels);
    }

    [Fact]
    public void Decode_any_width_packs_every_pixel()
    {
        for (var width = 1; width <= 40; width++)
        {
            var image = SyntheticPhoto.Create(width, 3, seed: width);
            Assert.Equal(image.Pixels, Decoder.Decode(ImageEncoder.ToPng(image)).Pixels);
        }
    }

    private static double MeanDifference(RgbImage left, RgbImage right) =>
        left.Pixels.Zip(right.Pixels).Average(pair => Math.Abs(pair.First - pair.Second));

    private static void AssertClose(byte[] expected, byte[] actual, int tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
    }
}
