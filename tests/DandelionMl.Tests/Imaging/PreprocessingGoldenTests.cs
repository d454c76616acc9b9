using System.Globalization;
using System.Text.Json;
using DandelionMl.Imaging;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Imaging;

/// <summary>Holds decoding and preprocessing against what Pillow and torchvision made of the same photos. Where it was measured
/// not a byte differs; the bounds leave room for another build of libjpeg-turbo.</summary>
public sealed class PreprocessingGoldenTests(ITestOutputHelper output)
{
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviation = [0.229f, 0.224f, 0.225f];

    public static TheoryData<string> Photos =>
        ["dandelion-00000000", "dandelion-00000041", "dandelion-00000110", "grass-00000000", "grass-00000061", "grass-00000120"];

    [Theory]
    [MemberData(nameof(Photos))]
    public void SquashBilinear224_golden_photo_agrees(string photo) =>
        Assert.InRange(MeanDifference(photo, Preprocessing.SquashBilinear224, "squash-bilinear"), 0, 0.1);

    [Theory]
    [MemberData(nameof(Photos))]
    public void EvalBicubicCrop224_golden_photo_agrees(string photo) =>
        Assert.InRange(MeanDifference(photo, Preprocessing.EvalBicubicCrop224, "eval-bicubic-crop"), 0, 0.1);

    [Theory]
    [MemberData(nameof(Photos))]
    public void EvalBicubicCrop224_golden_photo_agrees_after_normalisation(string photo)
    {
        var manifest = File.ReadAllText(SharedFiles.Require("golden/preprocess/manifest.json"));
        var expected = JsonDocument.Parse(manifest).RootElement.GetProperty(photo);
        var preprocessing = Preprocessing.EvalBicubicCrop224;
        var tensor = Prepare(photo, preprocessing);
        var plane = preprocessing.Width * preprocessing.Height;
        for (var channel = 0; channel < 3; channel++)
        {
            var values = tensor.AsSpan(channel * plane, plane);
            var firstRow = expected.GetProperty("eval_first_row_first4")[channel];
            for (var i = 0; i < firstRow.GetArrayLength(); i++)
            {
                Assert.Equal(firstRow[i].GetSingle(), values[i], tolerance: 0.02f); // One of 255 steps.
            }
        }
    }

    private double MeanDifference(string photo, Preprocessing preprocessing, string kind)
    {
        var golden = SharedFiles.Require($"golden/preprocess/{photo}.{kind}.png");
        var expected = new SkiaImageDecoder(new ImageLimits()).Decode(File.ReadAllBytes(golden));
        Assert.Equal((preprocessing.Width, preprocessing.Height), (expected.Width, expected.Height));

        var tensor = Prepare(photo, preprocessing);
        var plane = expected.Width * expected.Height;
        var (sum, largest) = (0.0, 0.0);
        for (var i = 0; i < tensor.Length; i++)
        {
            var (pixel, channel) = (i % plane, i / plane);
            var actual = ((tensor[i] * Deviation[channel]) + Mean[channel]) * 255;
            var difference = Math.Abs(actual - expected.Pixels[(pixel * 3) + channel]);
            sum += difference;
            largest = Math.Max(largest, difference);
        }

        var mean = sum / tensor.Length;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{photo} {preprocessing.Id}: mean {mean:F4}, largest {largest:F1} of 255"));
        return mean;
    }

    private static float[] Prepare(string photo, Preprocessing preprocessing)
    {
        var path = SharedFiles.Require($"data/dandelion-grass/{photo.Replace('-', '/')}.jpg");
        var image = new SkiaImageDecoder(new ImageLimits()).Decode(File.ReadAllBytes(path), preprocessing.MinimumSide);
        var tensor = new float[preprocessing.TensorLength];
        preprocessing.Apply(image, tensor);
        return tensor;
    }
}
