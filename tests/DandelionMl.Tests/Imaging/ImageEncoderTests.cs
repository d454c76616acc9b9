using DandelionMl.Imaging;
using DandelionMl.Tests.Imaging.Pictures;

namespace DandelionMl.Tests.Imaging;

public sealed class ImageEncoderTests
{
    private static readonly RgbImage Photo = SyntheticPhoto.Create(120, 90, seed: 6);

    [Fact]
    public void ToJpeg_higher_quality_takes_more_bytes_and_is_closer()
    {
        var (small, large) = (ImageEncoder.ToJpeg(Photo, 30), ImageEncoder.ToJpeg(Photo, 95));

        Assert.True(small.Length < large.Length);
        Assert.True(Difference(large) < Difference(small));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void ToJpeg_quality_out_of_range_is_an_argument_error(int quality) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageEncoder.ToJpeg(Photo, quality));

    [Fact]
    public void ToJpeg_side_beyond_the_format_is_an_argument_error() =>
        Assert.Throws<ArgumentException>(() => ImageEncoder.ToJpeg(new RgbImage(70_000, 1, new byte[210_000])));

    [Fact]
    public void ToJpeg_the_same_picture_gives_the_same_bytes() =>
        Assert.Equal(ImageEncoder.ToJpeg(Photo), ImageEncoder.ToJpeg(Photo));

    private static double Difference(byte[] file)
    {
        var decoded = new SkiaImageDecoder(new ImageLimits()).Decode(file);
        return Photo.Pixels.Zip(decoded.Pixels).Average(pair => Math.Abs(pair.First - pair.Second));
    }
}
