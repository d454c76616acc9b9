namespace DandelionMl.Backbones.BuiltIn.Descriptors;

/// <summary>Joint histogram of hue, saturation and value; each pixel votes into the eight nearest bins, so that a small change of
/// colour is a small change of the histogram. The roots of the shares (the Hellinger map).</summary>
internal static class HsvHistogram
{
    private const int HueBins = 12;
    private const int SaturationBins = 3;
    private const int ValueBins = 3;

    public const int Length = HueBins * SaturationBins * ValueBins;

    // While votes are counted there is a bin more of saturation and of value: the last one's neighbour, whose votes weigh nothing.
    private const int ValueStep = 1;
    private const int SaturationStep = ValueBins + 1;
    private const int HueStep = SaturationStep * (SaturationBins + 1);

    /// <summary>Describes an image.</summary>
    /// <param name="planes">The colours of the image.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public static void Describe(ColourPlanes planes, Span<float> output)
    {
        Span<float> votes = stackalloc float[HueBins * HueStep];
        votes.Clear();
        var (hues, saturations, values) = (planes.Hue, planes.Saturation, planes.Value);
        for (var i = 0; i < hues.Length; i++)
        {
            Vote(hues[i], saturations[i], values[i], votes);
        }

        for (var i = 0; i < Length; i++)
        {
            var bin = i / (SaturationBins * ValueBins) * HueStep + i / ValueBins % SaturationBins * SaturationStep + i % ValueBins;
            output[i] = MathF.Sqrt(votes[bin] / hues.Length);
        }
    }

    private static void Vote(float hue, float saturation, float value, Span<float> votes)
    {
        var (h, nextHue) = Split(hue * HueBins);
        var (s, nextSaturation) = Split(Limit(saturation * SaturationBins - 0.5f, SaturationBins - 1));
        var (v, nextValue) = Split(Limit(value * ValueBins - 0.5f, ValueBins - 1));
        var rest = s * SaturationStep + v * ValueStep;
        var near = votes.Slice(h * HueStep + rest, SaturationStep + ValueStep + 1);
        var far = votes.Slice((h + 1 == HueBins ? 0 : h + 1) * HueStep + rest, SaturationStep + ValueStep + 1);
        VoteOfHue(near, 1 - nextHue, nextSaturation, nextValue);
        VoteOfHue(far, nextHue, nextSaturation, nextValue);
    }

    /// <summary>Votes into the four bins of a hue.</summary>
    private static void VoteOfHue(Span<float> bins, float weight, float nextSaturation, float nextValue)
    {
        var (less, more) = (weight * (1 - nextSaturation), weight * nextSaturation);
        bins[0] += less * (1 - nextValue);
        bins[ValueStep] += less * nextValue;
        bins[SaturationStep] += more * (1 - nextValue);
        bins[SaturationStep + ValueStep] += more * nextValue;
    }

    private static float Limit(float position, float largest) => float.MinNative(float.MaxNative(position, 0), largest);

    private static (int Whole, float Part) Split(float position)
    {
        var whole = float.ConvertToIntegerNative<int>(position);
        return (whole, position - whole);
    }
}
