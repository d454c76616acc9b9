using DandelionMl.Imaging;
using DandelionMl.Tests.Imaging.Pictures;

namespace DandelionMl.Tests.Imaging;

public sealed class PreprocessingTests
{
    public static TheoryData<Preprocessing> All => [.. Preprocessing.All];

    [Fact]
    public void Ids_and_sizes_are_those_that_models_are_kept_under()
    {
        Assert.Equal("squash-bilinear-224", Preprocessing.SquashBilinear224.Id);
        Assert.Equal("eval-bicubic-crop-224", Preprocessing.EvalBicubicCrop224.Id);
        Assert.Equal("squash-unit-96", Preprocessing.SquashUnit96.Id);
        Assert.Equal([224, 256, 96], Preprocessing.All.Select(preprocessing => preprocessing.MinimumSide));
        Assert.Equal([3 * 224 * 224, 3 * 224 * 224, 3 * 96 * 96], Preprocessing.All.Select(preprocessing => preprocessing.TensorLength));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_one_colour_gives_its_normalised_values(Preprocessing preprocessing)
    {
        var red = new RgbImage(10, 20, [.. Enumerable.Repeat<byte[]>([255, 0, 51], 200).SelectMany(pixel => pixel)]);
        var tensor = new float[preprocessing.TensorLength];

        preprocessing.Apply(red, tensor);

        float[] expected = preprocessing == Preprocessing.SquashUnit96
            ? [1, 0, 0.2f]
            : [(1 - 0.485f) / 0.229f, (0 - 0.456f) / 0.224f, (0.2f - 0.406f) / 0.225f];
        foreach (var (channel, plane) in tensor.Chunk(tensor.Length / 3).Index())
        {
            Assert.All(plane, value => Assert.Equal(expected[channel], value, 1e-6f));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_another_length_is_an_argument_error(Preprocessing preprocessing) =>
        Assert.ThrowsAny<ArgumentException>(() => preprocessing.Apply(SyntheticPhoto.Create(8, 8, 1), new float[10]));

    [Theory]
    [InlineData(1, 2000)]
    [InlineData(2000, 1)]
    [InlineData(1, 1)]
    public void Apply_extreme_shape_fills_the_tensor(int width, int height)
    {
        var image = new RgbImage(width, height, [.. Enumerable.Repeat((byte)255, width * height * 3)]);
        Assert.All(Preprocessing.All, preprocessing =>
        {
            var tensor = new float[preprocessing.TensorLength];
            preprocessing.Apply(image, tensor);
            var white = preprocessing == Preprocessing.SquashUnit96 ? 1 : (1 - 0.485f) / 0.229f;
            Assert.Equal(white, tensor.Take(tensor.Length / 3).Min(), 1e-6f);
        });
    }

    [Theory]
    [InlineData(400, 300, 341, 256)] // 341.33
    [InlineData(300, 599, 256, 511)] // 511.15
    [InlineData(256, 256, 256, 256)]
    [InlineData(1000, 999, 256, 256)]
    public void EvalBicubicCrop224_resized_size_truncates_the_longer_side(
        int width, int height, int expectedWidth, int expectedHeight) =>
        Assert.Equal(
            (expectedWidth, expectedHeight),
            EvalBicubicCropPreprocessing.ResizedSize(256, width, height));

    [Theory]
    [InlineData(256, 16)]
    [InlineData(257, 16)] // 16.5
    [InlineData(259, 18)] // 17.5
    public void EvalBicubicCrop224_crop_start_rounds_a_half_to_even(int size, int expected) =>
        Assert.Equal(expected, EvalBicubicCropPreprocessing.CropStart(size, 224));
}
