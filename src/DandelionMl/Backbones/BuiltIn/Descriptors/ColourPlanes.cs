using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DandelionMl.Backbones.BuiltIn.Descriptors;

/// <summary>The colours of an image as opponents and as hue, saturation and value: a plane of each, worked out once for all
/// descriptors. Used by one thread at a time.</summary>
/// <param name="pixels">Pixels of an image, a multiple of 16.</param>
internal sealed class ColourPlanes(int pixels)
{
    private const float Grey = 1e-6f;

    /// <summary>Mean of red, green and blue.</summary>
    public float[] Intensity { get; } = new float[pixels];

    /// <summary>Red - green.</summary>
    public float[] RedGreen { get; } = new float[pixels];

    /// <summary>Mean of red and green, - blue.</summary>
    public float[] YellowBlue { get; } = new float[pixels];

    /// <summary>From 0 (red) by 1/3 (green) and 2/3 (blue) to below 1; 0 for greys.</summary>
    public float[] Hue { get; } = new float[pixels];

    /// <summary>From 0 to 1.</summary>
    public float[] Saturation { get; } = new float[pixels];

    /// <summary>From 0 to 1: the largest of red, green and blue.</summary>
    public float[] Value { get; } = new float[pixels];

    /// <summary>Takes an image.</summary>
    /// <param name="image">Red, green and blue plane, values from 0 to 1.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Fill(ReadOnlySpan<float> image)
    {
        for (var i = 0; i < pixels; i += Vector512<float>.Count)
        {
            var (red, green, blue) = (Load(image, i), Load(image, pixels + i), Load(image, 2 * pixels + i));
            Store((red + green + blue) / 3, Intensity, i);
            Store(red - green, RedGreen, i);
            Store((red + green) / 2 - blue, YellowBlue, i);

            var value = Vector512.MaxNative(red, Vector512.MaxNative(green, blue));
            var range = value - Vector512.MinNative(red, Vector512.MinNative(green, blue));
            var isColour = Vector512.GreaterThanOrEqual(range, Vector512.Create(Grey));
            Store(HueOf(red, green, blue, value, range) & isColour, Hue, i);
            Store(range / value & isColour, Saturation, i);
            Store(value, Value, i);
        }
    }

    private static Vector512<float> HueOf(
        Vector512<float> red, Vector512<float> green, Vector512<float> blue, Vector512<float> value, Vector512<float> range)
    {
        var (isRed, isGreen) = (Vector512.Equals(value, red), Vector512.Equals(value, green));
        var difference = Vector512.ConditionalSelect(
            isRed, green - blue, Vector512.ConditionalSelect(isGreen, blue - red, red - green));
        var start = Vector512.ConditionalSelect(isGreen, Vector512.Create(2f), Vector512.Create(4f));
        var hue = (Vector512.AndNot(start, isRed) + difference / range) / 6;
        var turned = Vector512.MinNative(hue + Vector512<float>.One, Vector512.Create(MathF.BitDecrement(1)));
        return Vector512.ConditionalSelect(Vector512.LessThan(hue, Vector512<float>.Zero), turned, hue);
    }

    private static Vector512<float> Load(ReadOnlySpan<float> plane, int index) => Vector512.Create(plane[index..]);

    private static void Store(Vector512<float> values, float[] plane, int index) => values.CopyTo(plane, index);
}
