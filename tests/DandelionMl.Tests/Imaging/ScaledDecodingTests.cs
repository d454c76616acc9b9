using System.Globalization;
using DandelionMl.Imaging;
using DandelionMl.Tests.Imaging.Pictures;

namespace DandelionMl.Tests.Imaging;

/// <summary>A large JPEG is scaled while it is decoded; the network must see nearly the same.</summary>
public sealed class ScaledDecodingTests(ITestOutputHelper output)
{
    private static readonly SkiaImageDecoder Decoder = new(new ImageLimits());

    public static TheoryData<Preprocessing> All => [.. Preprocessing.All];

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_scaled_then_preprocessed_stays_close_to_full_size(Preprocessing preprocessing)
    {
        var jpeg = ImageEncoder.ToJpeg(SyntheticPhoto.Create(2000, 1500, seed: 9));
        var full = Decoder.Decode(jpeg);
        var scaled = Decoder.Decode(jpeg, preprocessing.MinimumSide);

        Assert.Equal(2000, full.Width);
        Assert.Equal(preprocessing == Preprocessing.SquashUnit96 ? 500 : 1000, scaled.Width);
        var deviation = preprocessing == Preprocessing.SquashUnit96 ? 1 : 0.226;
        var difference = MeanDifference(Prepare(full, preprocessing), Prepare(scaled, preprocessing)) * deviation * 255;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{preprocessing.Id}: mean difference {difference:F3} of 255"));
        Assert.InRange(difference, 0, 1.0);
    }

    [Theory]
    [InlineData(800, 600, 0, 800, 600)]
    [InlineData(800, 600, 100, 400, 300)]
    [InlineData(800, 600, 75, 200, 150)]
    [InlineData(800, 600, 76, 400, 300)]
    [InlineData(800, 600, 150, 400, 300)]
    [InlineData(800, 600, 151, 800, 600)]
    [InlineData(801, 601, 30, 101, 76)]
    [InlineData(800, 600, int.MaxValue, 800, 600)]
    public void Decode_minimum_side_keeps_at_least_twice_of_it(
        int width, int height, int minimumSide, int expectedWidth, int expectedHeight)
    {
        var jpeg = ImageEncoder.ToJpeg(new RgbImage(width, height, new byte[width * height * 3]));

        var decoded = Decoder.Decode(jpeg, minimumSide);

        Assert.Equal((expectedWidth, expectedHeight), (decoded.Width, decoded.Height));
    }

    [Fact]
    public void Decode_png_with_minimum_side_stays_at_full_size() =>
        Assert.Equal(64, Decoder.Decode(ImageEncoder.ToPng(SyntheticPhoto.Create(64, 64, seed: 1)), minimumSide: 2).Width);

    private static float[] Prepare(RgbImage image, Preprocessing preprocessing)
    {
        var tensor = new float[preprocessing.TensorLength];
        preprocessing.Apply(image, tensor);
        return tensor;
    }

    private static double MeanDifference(float[] left, float[] right) =>
        left.Zip(right).Average(pair => Math.Abs(pair.First - pair.Second));
}
