using CsCheck;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Resampling;
using DandelionMl.Tests.Imaging.Pictures;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Imaging.Resampling;

public sealed class ResamplerTests
{
    [Fact]
    public void Resize_any_sizes_agrees_with_the_plain_formula() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 70], Gen.Int[1, 60], Gen.Int[1, 80], Gen.Bool, Gen.Int[0, 1000]).SampleSeeded(
            sample =>
            {
                var (width, height, newWidth, newHeight, bicubic, seed) = sample;
                var image = SyntheticPhoto.Create(width, height, seed);
                var filter = bicubic ? ResamplingFilter.Bicubic : ResamplingFilter.Bilinear;

                var resized = Resampler.Resize(image, newWidth, newHeight, filter);

                Assert.Equal((newWidth, newHeight), (resized.Width, resized.Height));
                Assert.Equal(PlainResize(image, newWidth, newHeight, bicubic), resized.Pixels);
            },
            count: 150);

    [Fact]
    public void Resize_with_crop_equals_the_crop_of_the_whole() =>
        Gen.Select(Gen.Int[20, 60], Gen.Int[20, 60], Gen.Int[0, 12], Gen.Int[0, 12], Gen.Int[1, 8], Gen.Int[1, 8]).SampleSeeded(
            sample =>
            {
                var (newWidth, newHeight, x, y, cropWidth, cropHeight) = sample;
                var image = SyntheticPhoto.Create(50, 40, seed: newWidth);
                var whole = Resampler.Resize(image, newWidth, newHeight, ResamplingFilter.Bicubic);

                var crop = Resampler.Resize(
                    image, newWidth, newHeight, ResamplingFilter.Bicubic, new PixelWindow(x, y, cropWidth, cropHeight));

                for (var row = 0; row < cropHeight; row++)
                {
                    var expected = whole.Pixels.AsSpan((((y + row) * newWidth) + x) * 3, cropWidth * 3);
                    Assert.True(expected.SequenceEqual(crop.Pixels.AsSpan(row * cropWidth * 3, cropWidth * 3)));
                }
            },
            count: 100);

    [Fact]
    public void Resize_to_the_same_size_changes_nothing()
    {
        var image = SyntheticPhoto.Create(33, 17, seed: 1);

        Assert.Equal(image.Pixels, Resampler.Resize(image, 33, 17, ResamplingFilter.Bilinear).Pixels);
        Assert.Equal(image.Pixels, Resampler.Resize(image, 33, 17, ResamplingFilter.Bicubic).Pixels);
    }

    [Fact]
    public void Resize_overshoot_of_the_bicubic_filter_is_clipped()
    {
        byte[] edge = [.. Enumerable.Range(0, 20).SelectMany(x => Enumerable.Repeat((byte)(x < 10 ? 0 : 255), 3))];

        var larger = Resampler.Resize(new RgbImage(20, 1, edge), 90, 4, ResamplingFilter.Bicubic);

        var row = larger.Pixels.Take(90 * 3).ToArray();
        Assert.Equal(row.Order(), row); // Wrapped around instead of clipped, it would not ascend.
    }

    [Fact]
    public void Resize_window_outside_the_result_is_an_argument_error() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Resampler.Resize(SyntheticPhoto.Create(9, 9, 1), 5, 5, ResamplingFilter.Bilinear, new PixelWindow(1, 0, 5, 5)));

    /// <summary>Pillow's algorithm written down as plainly as can be: one axis at a time, a loop over all input pixels.</summary>
    private static byte[] PlainResize(RgbImage image, int width, int height, bool bicubic)
    {
        var between = new byte[width * image.Height * 3];
        for (var y = 0; y < image.Height; y++)
        {
            for (var i = 0; i < width * 3; i++)
            {
                between[(y * width * 3) + i] = Sum(
                    image.Width, width, i / 3, bicubic, x => image.Pixels[(((y * image.Width) + x) * 3) + (i % 3)]);
            }
        }

        var result = new byte[width * height * 3];
        for (var y = 0; y < height; y++)
        {
            for (var i = 0; i < width * 3; i++)
            {
                result[(y * width * 3) + i] = Sum(image.Height, height, y, bicubic, row => between[(row * width * 3) + i]);
            }
        }

        return result;
    }

    private static byte Sum(int inputSize, int outputSize, int output, bool bicubic, Func<int, byte> input)
    {
        var scale = (double)inputSize / outputSize;
        var widening = Math.Max(scale, 1);
        var support = (bicubic ? 2 : 1) * widening;
        var centre = (output + 0.5) * scale;
        var first = Math.Max(0, (int)(centre - support + 0.5));
        var end = Math.Min(inputSize, (int)(centre + support + 0.5));
        var weights = Enumerable.Range(first, end - first).Select(i => Filter((i - centre + 0.5) / widening, bicubic)).ToArray();
        var total = weights.Sum();
        var sum = Enumerable.Range(0, weights.Length)
            .Sum(i => (long)Math.Round(weights[i] / total * (1 << 22), MidpointRounding.AwayFromZero) * input(first + i));
        return (byte)Math.Clamp((sum + (1 << 21)) >> 22, 0, 255);
    }

    private static double Filter(double distance, bool bicubic)
    {
        var x = Math.Abs(distance);
        return !bicubic ? Math.Max(0, 1 - x)
            : x < 1 ? (1.5 * x * x * x) - (2.5 * x * x) + 1
            : x < 2 ? (-0.5 * x * x * x) + (2.5 * x * x) - (4 * x) + 2
            : 0;
    }
}
