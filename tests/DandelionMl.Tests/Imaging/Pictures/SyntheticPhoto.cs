using DandelionMl.Imaging;

namespace DandelionMl.Tests.Imaging.Pictures;

/// <summary>Photo-like pictures from a seed: smooth colour noise of several scales, a few hard-edged discs, a little grain.</summary>
internal static class SyntheticPhoto
{
    public static RgbImage Create(int width, int height, int seed)
    {
        var random = new Random(seed);
        var side = Math.Max(width, height);
        var waves = Enumerable.Range(0, 12).Select(i => new Wave(random, Math.Max(6, side / Math.Pow(1.7, i)))).ToArray();
        var discs = Enumerable.Range(0, 8).Select(_ => new Disc(random, width, height)).ToArray();
        var pixels = new byte[width * height * 3];
        for (var (y, i) = (0, 0); y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var disc = Array.Find(discs, disc => disc.Covers(x, y));
                for (var channel = 0; channel < 3; channel++, i++)
                {
                    var value = disc is null ? 128 + waves.Sum(wave => wave.At(x, y, channel)) : disc.Colour[channel];
                    pixels[i] = (byte)Math.Clamp(value + random.Next(-4, 5), 0, 255);
                }
            }
        }

        return new RgbImage(width, height, pixels);
    }

    private sealed class Wave(Random random, double length)
    {
        private readonly double _x = (random.NextDouble() - 0.5) * 6.28 / length;
        private readonly double _y = (random.NextDouble() - 0.5) * 6.28 / length;
        private readonly double _phase = random.NextDouble() * 6.28;
        private readonly double _amplitude = 8 + random.Next(12);

        /// <summary>The channels differ less than they have in common, as in photos.</summary>
        public double At(int x, int y, int channel) => _amplitude * Math.Sin((_x * x) + (_y * y) + _phase + (channel * 0.4));
    }

    private sealed class Disc(Random random, int width, int height)
    {
        private readonly int _x = random.Next(width);
        private readonly int _y = random.Next(height);
        private readonly double _radius = Math.Min(width, height) * (0.03 + (0.1 * random.NextDouble()));

        public int[] Colour { get; } = [random.Next(256), random.Next(256), random.Next(256)];

        public bool Covers(int x, int y) => ((x - _x) * (x - _x)) + ((y - _y) * (y - _y)) < _radius * _radius;
    }
}
