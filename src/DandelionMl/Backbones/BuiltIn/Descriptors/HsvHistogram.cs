namespace DandelionMl.Backbones.BuiltIn.Descriptors;

/// <summary>Joint histogram of hue, saturation and value; each pixel votes into the eight nearest bins, so that a small change of
/// colour is a small change of the histogram. The roots of the shares (the Hellinger map).</summary>
internal static class HsvHistogram
{
    private const int HueBins = 12;
    private const int SaturationBins = 3;
    private const int ValueBins = 3;

    public const int Length = HueBins * SaturationBins * ValueBins;

    /// <summary>Describes an image.</summary>
    /// <param name="image">Red, green and blue plane, values from 0 to 1.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public static void Describe(ReadOnlySpan<float> image, Span<float> output)
    {
        var pixels = image.Length / 3;
        output.Clear();
        for (var i = 0; i < pixels; i++)
        {
            Vote(Hsv.FromRgb(image[i], image[pixels + i], image[2 * pixels + i]), output);
        }

        for (var i = 0; i < Length; i++)
        {
            output[i] = MathF.Sqrt(output[i] / pixels);
        }
    }

    private static void Vote(Hsv colour, Span<float> histogram)
    {
        var (hue, hueRest) = Split(colour.Hue * HueBins);
        var (saturation, saturationRest) = Split(Math.Clamp(colour.Saturation * SaturationBins - 0.5f, 0, SaturationBins - 1));
        var (value, valueRest) = Split(Math.Clamp(colour.Value * ValueBins - 0.5f, 0, ValueBins - 1));
        for (var corner = 0; corner < 8; corner++)
        {
            var (h, s, v) = (corner & 1, corner >> 1 & 1, corner >> 2);
            var weight = (h == 0 ? 1 - hueRest : hueRest) * (s == 0 ? 1 - saturationRest : saturationRest)
                * (v == 0 ? 1 - valueRest : valueRest);
            var bin = (hue + h) % HueBins;
            bin = bin * SaturationBins + Math.Min(saturation + s, SaturationBins - 1);
            bin = bin * ValueBins + Math.Min(value + v, ValueBins - 1);
            histogram[bin] += weight;
        }
    }

    private static (int Whole, float Part) Split(float position) => ((int)position, position - (int)position);
}
