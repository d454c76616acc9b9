using System.Globalization;
using System.Text.RegularExpressions;
using DandelionMl.Imaging.Resampling;

namespace DandelionMl.Onnx.Pictures;

/// <summary>What is done to a picture: resized, cut in the middle, and each channel's value v of 0 to 255 turned into
/// (v · scale - mean) / deviation.</summary>
/// <param name="Width">Width of the result in pixels.</param>
/// <param name="Height">Height of the result in pixels.</param>
/// <param name="ShorterSide">What the shorter side is resized to before it is cut; null to resize to the result's size, whatever
/// the aspect ratio.</param>
/// <param name="Filter">How it is resized.</param>
/// <param name="Scale">Factor of values.</param>
/// <param name="Mean">Means of red, green and blue.</param>
/// <param name="Deviation">Standard deviations of red, green and blue.</param>
internal sealed partial record PictureSteps(
    int Width, int Height, int? ShorterSide, ResamplingFilter Filter, float Scale, (float Red, float Green, float Blue) Mean,
    (float Red, float Green, float Blue) Deviation)
{
    /// <summary>The same mean and deviation for each channel.</summary>
    public PictureSteps(int width, int height, int? shorterSide, ResamplingFilter filter, float scale, float mean, float deviation)
        : this(width, height, shorterSide, filter, scale, (mean, mean, mean), (deviation, deviation, deviation))
    {
    }

    /// <summary>An id that tells all of it, such as
    /// <c>steps-224x224-edge256-bicubic-scale0.003921569-mean0.5_0.5_0.5-std0.5_0.5_0.5</c>.</summary>
    public string Id => string.Create(
        CultureInfo.InvariantCulture,
        $"steps-{Width}x{Height}-edge{ShorterSide ?? 0}-{(Filter == ResamplingFilter.Bicubic ? "bicubic" : "bilinear")}"
        + $"-scale{Scale:R}-mean{Mean.Red:R}_{Mean.Green:R}_{Mean.Blue:R}"
        + $"-std{Deviation.Red:R}_{Deviation.Green:R}_{Deviation.Blue:R}");

    /// <summary>Reads what <see cref="Id"/> says.</summary>
    /// <returns>The steps, or null where the text is no such id.</returns>
    public static PictureSteps? Parse(string id)
    {
        if (IdPattern().Match(id) is not { Success: true } match)
        {
            return null;
        }

        int Whole(string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
        float Number(Capture capture) => float.Parse(capture.ValueSpan, CultureInfo.InvariantCulture);
        (float, float, float) Channels(string name) =>
            (Number(match.Groups[name].Captures[0]), Number(match.Groups[name].Captures[1]), Number(match.Groups[name].Captures[2]));

        var edge = Whole("edge");
        var steps = new PictureSteps(
            Whole("width"), Whole("height"), edge == 0 ? null : edge,
            match.Groups["filter"].Value == "bicubic" ? ResamplingFilter.Bicubic : ResamplingFilter.Bilinear,
            Number(match.Groups["scale"]), Channels("mean"), Channels("std"));
        return steps.Id == id ? steps : null;
    }

    /// <summary>With ImageNet's mean and standard deviation.</summary>
    public static PictureSteps ImageNet(int width, int height, int? shorterSide, ResamplingFilter filter) =>
        new(width, height, shorterSide, filter, 1 / 255f, (0.485f, 0.456f, 0.406f), (0.229f, 0.224f, 0.225f));

    /// <summary>Writes a picture's values.</summary>
    /// <param name="rgb">Interleaved R, G, B bytes.</param>
    /// <param name="tensor">Receives as many values: all of red, then green, then blue.</param>
    public void Normalise(ReadOnlySpan<byte> rgb, Span<float> tensor)
    {
        var plane = rgb.Length / 3;
        ReadOnlySpan<float> means = [Mean.Red, Mean.Green, Mean.Blue], deviations = [Deviation.Red, Deviation.Green, Deviation.Blue];
        for (var channel = 0; channel < 3; channel++)
        {
            var (factor, shift) = (Scale / deviations[channel], means[channel] / deviations[channel]);
            var values = tensor.Slice(channel * plane, plane);
            for (var pixel = 0; pixel < values.Length; pixel++)
            {
                values[pixel] = (rgb[(3 * pixel) + channel] * factor) - shift;
            }
        }
    }

    [GeneratedRegex(
        "^steps-(?<width>[0-9]{1,4})x(?<height>[0-9]{1,4})-edge(?<edge>[0-9]{1,4})-(?<filter>bilinear|bicubic)-scale(?<scale>[0-9.E-]+)"
        + "-mean((?<mean>[0-9.E-]+)_?){3}-std((?<std>[0-9.E-]+)_?){3}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex IdPattern();
}
