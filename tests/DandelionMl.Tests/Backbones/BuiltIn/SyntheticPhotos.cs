using DandelionMl.Backbones.BuiltIn.Numerics;
using DandelionMl.Imaging;

namespace DandelionMl.Tests.Backbones.BuiltIn;

/// <summary>Seeded pictures with something to see in them: discs of random colours and sizes on noise.</summary>
internal static class SyntheticPhotos
{
    public static RgbImage Create(int seed, int width = 130, int height = 110)
    {
        var random = new SplitMix((ulong)seed);
        var pixels = new byte[3 * width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(60 + seed * 7 % 80 + random.Next(60));
        }

        for (var disc = 0; disc < 12; disc++)
        {
            Draw(pixels, width, height, random);
        }

        return new RgbImage(width, height, pixels);
    }

    public static RgbImage Constant(byte value) => new(40, 30, [.. Enumerable.Repeat(value, 40 * 30 * 3)]);

    public static float[] Preprocess(RgbImage photo)
    {
        var preprocessing = Preprocessing.SquashUnit96;
        var tensor = new float[preprocessing.TensorLength];
        preprocessing.Apply(photo, tensor);
        return tensor;
    }

    private static void Draw(byte[] pixels, int width, int height, SplitMix random)
    {
        var (centreX, centreY, radius) = (random.Next(width), random.Next(height), 3 + random.Next(20));
        ReadOnlySpan<byte> colour = [(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)];
        for (var y = Math.Max(0, centreY - radius); y < Math.Min(height, centreY + radius); y++)
        {
            for (var x = Math.Max(0, centreX - radius); x < Math.Min(width, centreX + radius); x++)
            {
                if ((x - centreX) * (x - centreX) + (y - centreY) * (y - centreY) < radius * radius)
                {
                    colour.CopyTo(pixels.AsSpan(3 * (y * width + x)));
                }
            }
        }
    }
}
