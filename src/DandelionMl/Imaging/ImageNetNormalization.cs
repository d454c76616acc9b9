namespace DandelionMl.Imaging;

/// <summary>Turns 8-bit pixels into a network's input as torchvision's <c>ToTensor</c> and <c>Normalize</c> do, with the mean and
/// standard deviation of ImageNet.</summary>
internal static class ImageNetNormalization
{
    private static readonly float[] Red = Table(0.485f, 0.229f);
    private static readonly float[] Green = Table(0.456f, 0.224f);
    private static readonly float[] Blue = Table(0.406f, 0.225f);

    /// <summary>Writes CHW values.</summary>
    /// <param name="rgb">Interleaved R, G, B bytes.</param>
    /// <param name="tensor">Receives as many values: all of red, then green, then blue.</param>
    public static void Apply(ReadOnlySpan<byte> rgb, Span<float> tensor)
    {
        var plane = rgb.Length / 3;
        var red = tensor[..plane];
        var green = tensor.Slice(plane, plane);
        var blue = tensor.Slice(2 * plane, plane);
        for (var i = 0; i < red.Length; i++)
        {
            red[i] = Red[rgb[3 * i]];
            green[i] = Green[rgb[(3 * i) + 1]];
            blue[i] = Blue[rgb[(3 * i) + 2]];
        }
    }

    private static float[] Table(float mean, float deviation) =>
        [.. Enumerable.Range(0, 256).Select(value => ((value / 255f) - mean) / deviation)];
}
