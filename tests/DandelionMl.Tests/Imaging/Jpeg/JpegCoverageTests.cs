using DandelionMl.Imaging;
using DandelionMl.Imaging.Jpeg;
using DandelionMl.Tests.Imaging.Pictures;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Imaging.Jpeg;

public sealed class JpegCoverageTests
{
    private static readonly SkiaImageDecoder Decoder = new(new ImageLimits());
    private static readonly byte[] EndOfImage = [0xFF, 0xD9];

    [Theory]
    [InlineData(640, 480)]
    [InlineData(17, 33)]
    [InlineData(1, 1)]
    public void Whole_picture_is_whole(int width, int height) =>
        Assert.Equal(1, JpegCoverage.Measure(ImageEncoder.ToJpeg(SyntheticPhoto.Create(width, height, seed: 20))));

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.95)]
    public void Half_a_file_with_an_end_put_behind_it_is_refused(double kept)
    {
        var jpeg = ImageEncoder.ToJpeg(SyntheticPhoto.Create(320, 240, seed: 21));
        byte[] cut = [.. jpeg[..(int)(jpeg.Length * kept)], .. EndOfImage];

        Assert.InRange(JpegCoverage.Measure(cut), 0.01, 0.999);
        Assert.Equal(ImageDecodingFailure.Damaged, Assert.Throws<ImageDecodingException>(() => Decoder.Decode(cut)).Reason);
        Assert.Equal(ImageDecodingFailure.Damaged, Assert.Throws<ImageDecodingException>(() => Decoder.Decode(cut, minimumSide: 20)).Reason);
    }

    [Theory]
    [InlineData(0xD9)] // End of image.
    [InlineData(0xC4)] // Huffman tables.
    public void Marker_in_the_middle_of_the_data_is_damage(byte marker)
    {
        var jpeg = ImageEncoder.ToJpeg(SyntheticPhoto.Create(320, 240, seed: 22));
        (jpeg[jpeg.Length / 2], jpeg[(jpeg.Length / 2) + 1]) = (0xFF, marker);

        Assert.Equal(ImageDecodingFailure.Damaged, Assert.Throws<ImageDecodingException>(() => Decoder.Decode(jpeg)).Reason);
    }

    [Fact]
    public void Whole_picture_with_restart_markers_is_read()
    {
        var jpeg = FlatJpegWriter.WriteWithRestarts(10, 20, 30, 40, 50, 60, 70, 80, 90, 200);

        Assert.True(JpegCoverage.HasRestarts(jpeg));
        Assert.Equal(1, JpegCoverage.Measure(jpeg));
        Assert.Equal(80, Decoder.Decode(jpeg).Width);
    }

    [Fact]
    public void Data_lost_between_two_restart_markers_is_damage_though_the_picture_goes_on()
    {
        var jpeg = FlatJpegWriter.WriteWithRestarts(10, 20, null, 40, null, 60, 70, 80, 90, 200);

        Assert.Equal(0.8, JpegCoverage.Measure(jpeg), 1e-9);
        Assert.Equal(ImageDecodingFailure.Damaged, Assert.Throws<ImageDecodingException>(() => Decoder.Decode(jpeg)).Reason);
    }

    [Fact]
    public void Picture_that_is_grey_itself_is_read()
    {
        var grey = new RgbImage(160, 120, [.. Enumerable.Repeat((byte)128, 160 * 120 * 3)]);

        Assert.Equal(160, Decoder.Decode(ImageEncoder.ToJpeg(grey)).Width);
    }

    [Fact]
    public void Data_behind_the_end_is_no_damage()
    {
        byte[] withTrailer = [.. ImageEncoder.ToJpeg(SyntheticPhoto.Create(64, 64, seed: 23)), .. new byte[1000], .. EndOfImage];

        Assert.Equal(1, JpegCoverage.Measure(withTrailer));
    }

    [Fact]
    public void Every_real_photo_is_whole_and_a_half_of_it_is_not()
    {
        var photos = Directory.EnumerateFiles(SharedFiles.Require("data"), "*.jpg", SearchOption.AllDirectories)
            .Where(path => !path.Contains("odd-pictures", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(150).ToList();

        Assert.All(photos, path => Assert.Equal(1, JpegCoverage.Measure(File.ReadAllBytes(path))));
        Assert.All(photos.Take(30), path =>
        {
            var bytes = File.ReadAllBytes(path);
            Assert.InRange(JpegCoverage.Measure([.. bytes[..(bytes.Length / 2)], .. EndOfImage]), 0, 0.999);
        });
    }

    [Fact]
    public void Rubbish_ends_without_an_error_of_another_kind()
    {
        var random = new Random(24);
        for (var round = 0; round < 300; round++)
        {
            var jpeg = ImageEncoder.ToJpeg(SyntheticPhoto.Create(48, 48, seed: 25));
            for (var changes = random.Next(1, 40); changes > 0; changes--)
            {
                jpeg[random.Next(2, jpeg.Length)] = (byte)random.Next(256);
            }

            Assert.InRange(JpegCoverage.Measure(jpeg.AsSpan(0, random.Next(2, jpeg.Length + 1))), 0, 1);
        }
    }
}
