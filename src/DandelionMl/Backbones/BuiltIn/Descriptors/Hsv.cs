namespace DandelionMl.Backbones.BuiltIn.Descriptors;

/// <summary>A colour as hue, saturation and value.</summary>
/// <param name="Hue">From 0 (red) by 1/3 (green) and 2/3 (blue) to below 1; 0 for greys.</param>
/// <param name="Saturation">From 0 to 1.</param>
/// <param name="Value">From 0 to 1.</param>
internal readonly record struct Hsv(float Hue, float Saturation, float Value)
{
    private const float Grey = 1e-6f;

    public static Hsv FromRgb(float red, float green, float blue)
    {
        var value = Math.Max(red, Math.Max(green, blue));
        var range = value - Math.Min(red, Math.Min(green, blue));
        if (range < Grey)
        {
            return new Hsv(0, 0, value);
        }

        var sixths = value == red ? (green - blue) / range
            : value == green ? 2 + (blue - red) / range
            : 4 + (red - green) / range;
        var hue = sixths / 6;
        return new Hsv(hue < 0 ? Math.Min(hue + 1, MathF.BitDecrement(1)) : hue, range / value, value);
    }
}
