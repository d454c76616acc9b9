using DandelionMl.Imaging;

namespace DandelionMl.Backbones.BuiltIn;

/// <summary>Antialiased resizing by a triangle filter that widens with the reduction (Pillow's bilinear, in floating
/// point).</summary>
internal static class TriangleResize
{
    /// <summary>Resizes a picture to planes of values from 0 to 1.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Width of the result in pixels.</param>
    /// <param name="height">Height of the result in pixels.</param>
    /// <param name="planes">Receives red, green and blue plane.</param>
    public static void ToPlanes(RgbImage image, int width, int height, Span<float> planes)
    {
        var (across, down) = (CreateTaps(image.Width, width), CreateTaps(image.Height, height));
        var row = new float[3 * width];
        planes.Clear();

        // Each source row is narrowed once and added to the one or two or more result rows that it reaches.
        var firstReached = 0;
        for (var y = 0; y < image.Height; y++)
        {
            Narrow(image.Pixels.AsSpan(3 * y * image.Width, 3 * image.Width), across, row);
            while (firstReached < height && down[firstReached].Start + down[firstReached].Weights.Length <= y)
            {
                firstReached++;
            }

            for (var target = firstReached; target < height && down[target].Start <= y; target++)
            {
                var weight = down[target].Weights[y - down[target].Start] / 255;
                for (var x = 0; x < width; x++)
                {
                    planes[target * width + x] += weight * row[3 * x];
                    planes[(height + target) * width + x] += weight * row[3 * x + 1];
                    planes[(2 * height + target) * width + x] += weight * row[3 * x + 2];
                }
            }
        }
    }

    private static void Narrow(ReadOnlySpan<byte> pixels, Tap[] taps, Span<float> row)
    {
        for (var x = 0; x < taps.Length; x++)
        {
            var (red, green, blue) = (0f, 0f, 0f);
            var source = pixels[(3 * taps[x].Start)..];
            foreach (var weight in taps[x].Weights)
            {
                red += weight * source[0];
                green += weight * source[1];
                blue += weight * source[2];
                source = source[3..];
            }

            (row[3 * x], row[3 * x + 1], row[3 * x + 2]) = (red, green, blue);
        }
    }

    private static Tap[] CreateTaps(int sourceLength, int length)
    {
        var taps = new Tap[length];
        var scale = (double)sourceLength / length;
        var support = Math.Max(scale, 1);
        for (var i = 0; i < length; i++)
        {
            var centre = (i + 0.5) * scale;
            var start = Math.Max(0, (int)(centre - support + 0.5));
            var end = Math.Min(sourceLength, (int)(centre + support + 0.5));
            var weights = new double[end - start];
            for (var k = 0; k < weights.Length; k++)
            {
                weights[k] = Math.Max(0, 1 - Math.Abs((start + k + 0.5 - centre) / support));
            }

            var sum = weights.Sum();
            taps[i] = new Tap(start, Array.ConvertAll(weights, weight => (float)(weight / sum)));
        }

        return taps;
    }

    private sealed record Tap(int Start, float[] Weights);
}
