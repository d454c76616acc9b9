namespace DandelionMl.Imaging;

/// <summary>Turns 8-bit pixels into a network's input as torchvision's <c>ToTensor</c> and <c>Normalize</c> do: each channel's values,
/// from 0 to 1, less a mean and divided by a standard deviation.</summary>
internal sealed class ChannelNormalization
{
    private readonly float[] _red;
    private readonly float[] _green;
    private readonly float[] _blue;

    private ChannelNormalization(float[] red, float[] green, float[] blue) => (_red, _green, _blue) = (red, green, blue);

    /// <summary>The mean and standard deviation of ImageNet.</summary>
    public static ChannelNormalization ImageNet { get; } = new(Table(0.485f, 0.229f), Table(0.456f, 0.224f), Table(0.406f, 0.225f));

    /// <summary>No mean and no deviation: values from 0 to 1.</summary>
    public static ChannelNormalization Unit { get; } = new(Table(0, 1), Table(0, 1), Table(0, 1));

    /// <summary>Writes CHW values.</summary>
    /// <param name="rgb">Interleaved R, G, B bytes.</param>
    /// <param name="tensor">Receives as many values: all of red, then green, then blue.</param>
    public void Apply(ReadOnlySpan<byte> rgb, Span<float> tensor)
    {
        var plane = rgb.Length / 3;
        var red = tensor[..plane];
        var green = tensor.Slice(plane, plane);
        var blue = tensor.Slice(2 * plane, plane);
        for (var i = 0; i < red.Length; i++)
        {
            red[i] = _red[rgb[3 * i]];
            green[i] = _green[rgb[(3 * i) + 1]];
            blue[i] = _blue[rgb[(3 * i) + 2]];
        }
    }

    private static float[] Table(float mean, float deviation) =>
        [.. Enumerable.Range(0, 256).Select(value => ((value / 255f) - mean) / deviation)];
}
