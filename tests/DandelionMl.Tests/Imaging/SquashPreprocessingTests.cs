using DandelionMl.Imaging;
using DandelionMl.Tests.Backbones.BuiltIn;

namespace DandelionMl.Tests.Imaging;

public sealed class SquashPreprocessingTests
{
    private readonly Preprocessing _preprocessing = Preprocessing.SquashUnit96;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 500)]
    [InlineData(96, 96)]
    [InlineData(97, 40)]
    [InlineData(641, 203)]
    public void Apply_one_colour_at_any_size_keeps_it(int width, int height)
    {
        byte[] pixels = [.. Enumerable.Range(0, width * height).SelectMany(_ => (byte[])[255, 51, 0])];
        var tensor = new float[_preprocessing.TensorLength];

        _preprocessing.Apply(new RgbImage(width, height, pixels), tensor);

        Assert.All(tensor[..9216], red => Assert.Equal(1, red, 1e-5));
        Assert.All(tensor[9216..18432], green => Assert.Equal(0.2, green, 1e-5));
        Assert.All(tensor[18432..], blue => Assert.Equal(0, blue, 1e-5));
    }

    [Fact]
    public void Apply_image_of_the_target_size_copies_it()
    {
        var image = SyntheticPhotos.Create(1, 96, 96);
        var tensor = new float[_preprocessing.TensorLength];

        _preprocessing.Apply(image, tensor);

        for (var i = 0; i < tensor.Length; i++)
        {
            Assert.Equal(image.Pixels[i % 9216 * 3 + i / 9216] / 255.0, tensor[i], 1e-5);
        }
    }

    [Fact]
    public void Apply_fine_stripes_averages_them()
    {
        byte[] pixels = [.. Enumerable.Range(0, 960 * 96).SelectMany(i => Enumerable.Repeat((byte)(i % 2 * 255), 3))];
        var tensor = new float[_preprocessing.TensorLength];

        _preprocessing.Apply(new RgbImage(960, 96, pixels), tensor);

        Assert.All(tensor, value => Assert.InRange(value, 0.4f, 0.6f));
    }

    [Fact]
    public void Apply_tensor_of_another_length_throws() =>
        Assert.ThrowsAny<ArgumentException>(() => _preprocessing.Apply(SyntheticPhotos.Create(0), new float[100]));
}
