namespace DandelionMl.Backbones.BuiltIn.Descriptors;

/// <summary>Mean, standard deviation and cube root of the third central moment (Stricker and Orengo 1995) of intensity,
/// red-green, yellow-blue and saturation, on a 4×4 grid; a cell and its mirror image are averaged, which leaves 4×2.</summary>
internal static class ColourMoments
{
    private const int Grid = 4;
    private const int Channels = 4;
    private const int Moments = 3;

    public const int Length = Grid * Grid / 2 * Channels * Moments;

    /// <summary>Describes an image.</summary>
    /// <param name="image">Red, green and blue plane, values from 0 to 1.</param>
    /// <param name="side">Its width and height in pixels, a multiple of 4.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public static void Describe(ReadOnlySpan<float> image, int side, Span<float> output)
    {
        output.Clear();
        var cell = side / Grid;
        var values = new float[cell * cell * Channels];
        for (var row = 0; row < Grid; row++)
        {
            for (var column = 0; column < Grid; column++)
            {
                Collect(image, side, column * cell, row * cell, cell, values);
                var folded = Math.Min(column, Grid - 1 - column);
                var target = output.Slice((row * Grid / 2 + folded) * Channels * Moments, Channels * Moments);
                for (var channel = 0; channel < Channels; channel++)
                {
                    AddMoments(values.AsSpan(channel * cell * cell, cell * cell), target.Slice(channel * Moments, Moments));
                }
            }
        }
    }

    private static void Collect(ReadOnlySpan<float> image, int side, int left, int top, int cell, Span<float> values)
    {
        var (pixels, area) = (side * side, cell * cell);
        for (var y = 0; y < cell; y++)
        {
            for (var x = 0; x < cell; x++)
            {
                var source = (top + y) * side + left + x;
                var (red, green, blue) = (image[source], image[pixels + source], image[2 * pixels + source]);
                var target = y * cell + x;
                values[target] = (red + green + blue) / 3;
                values[area + target] = red - green;
                values[2 * area + target] = (red + green) / 2 - blue;
                values[3 * area + target] = Hsv.FromRgb(red, green, blue).Saturation;
            }
        }
    }

    private static void AddMoments(ReadOnlySpan<float> values, Span<float> moments)
    {
        double mean = 0, second = 0, third = 0;
        foreach (var value in values)
        {
            mean += value;
        }

        mean /= values.Length;
        foreach (var value in values)
        {
            var difference = value - mean;
            second += difference * difference;
            third += difference * difference * difference;
        }

        moments[0] += (float)mean / 2;
        moments[1] += (float)Math.Sqrt(second / values.Length) / 2;
        moments[2] += (float)Math.Cbrt(third / values.Length) / 2;
    }
}
