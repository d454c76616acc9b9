using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Turbo;

namespace DandelionMl.Benchmarks;

/// <summary>Decoding and preprocessing of one photo on one core: at full size beside scaled while decoding, beside Skia alone, which decodes where
/// the machine has no libturbojpeg, and beside what libjpeg-turbo's own tool takes to decode alone at the same scale.</summary>
internal static class DecodeBenchmark
{
    private const int MinimumPairs = 15;
    private static readonly TimeSpan MinimumTime = TimeSpan.FromSeconds(3);

    private static readonly (string Name, int Width, int Height)[] Sizes =
        [("0.2 MP", 516, 387), ("2 MP", 1632, 1224), ("12 MP", 4000, 3000)];

    public static void Run()
    {
        var decoder = new SkiaImageDecoder(new ImageLimits());
        var bySkia = new SkiaImageDecoder(new ImageLimits(), turbo: null);
        var results = Sizes.SelectMany(size =>
        {
            var jpeg = ImageEncoder.ToJpeg(PhotoLike(size.Width, size.Height, seed: 1), quality: 90);
            using var djpeg = Djpeg.IsInstalled ? new Djpeg(jpeg) : null;
            return Preprocessing.All.Select(preprocessing => Measure(size.Name, jpeg, decoder, bySkia, preprocessing, djpeg)).ToArray();
        }).ToArray();

        Console.WriteLine(
            $"{"JPEG",-8}{"kB",6}  {"preprocessing",-23}{"full ms",9}{"scaled ms",11}{"of it decode",14}" +
            $"{"ratio",7}{"full MB",9}{"scaled MB",11}{"scale",7}{"Skia ms",9}{"times",7}{"djpeg ms",10}{"times",7}");
        foreach (var result in results)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Photo,-8}{result.Kilobytes,6}  {result.Preprocessing,-23}{result.FullMs,9:F2}{result.ScaledMs,11:F2}" +
                $"{result.ScaledDecodeMs,14:F2}{result.Ratio,7:F2}{result.FullMegabytes,9:F2}{result.ScaledMegabytes,11:F2}" +
                $"{$"{result.Eighths}/8",7}{result.SkiaMs,9:F2}{result.ScaledMs / result.SkiaMs,7:F2}{result.DjpegMs,10:F2}{result.ScaledMs / result.DjpegMs,7:F2}"));
        }

        Console.WriteLine("ratio: full / scaled, median of alternating pairs; MB: managed memory allocated for one photo");
        Console.WriteLine(TurboJpegDecoder.OfMachine is null
            ? "libturbojpeg is not installed (Debian's libturbojpeg0), so that all is Skia's"
            : "scaled: by libturbojpeg; Skia: the same without it");
        Console.WriteLine(Djpeg.IsInstalled
            ? "djpeg: libjpeg-turbo alone decodes to the same scale, without resizing; times: scaled / djpeg"
            : "djpeg is not installed (Debian's libjpeg-turbo-progs), so nothing is said of libjpeg-turbo alone");
        Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "decode", results }));
    }

    private static Result Measure(
        string name, byte[] jpeg, SkiaImageDecoder decoder, SkiaImageDecoder bySkia, Preprocessing preprocessing, Djpeg? djpeg)
    {
        var scaledSide = decoder.Decode(jpeg, preprocessing.MinimumSide).Width;
        var eighths = (int)Math.Round(8.0 * scaledSide / decoder.ReadHeader(jpeg).Width);
        var tensor = new float[preprocessing.TensorLength];
        for (var i = 0; i < 5; i++)
        {
            Prepare(decoder, 0);
            Prepare(decoder, preprocessing.MinimumSide);
            Prepare(bySkia, preprocessing.MinimumSide);
        }

        var (full, scaled, decode, skia) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (ratios, alone) = (new List<double>(), new List<double>());
        var start = Stopwatch.GetTimestamp();
        while (full.Count < MinimumPairs || Stopwatch.GetElapsedTime(start) < MinimumTime)
        {
            full.Add(Milliseconds(() => Prepare(decoder, 0)));
            scaled.Add(Milliseconds(() => Prepare(decoder, preprocessing.MinimumSide)));
            skia.Add(Milliseconds(() => Prepare(bySkia, preprocessing.MinimumSide)));
            decode.Add(Milliseconds(() => decoder.Decode(jpeg, preprocessing.MinimumSide)));
            ratios.Add(full[^1] / scaled[^1]);
            if (djpeg is not null)
            {
                alone.Add(djpeg.Milliseconds(eighths));
            }
        }

        return new Result(
            name, jpeg.Length / 1000, preprocessing.Id, Median(full), Median(scaled), Median(decode), Median(ratios),
            MegabytesAllocated(() => Prepare(decoder, 0)), MegabytesAllocated(() => Prepare(decoder, preprocessing.MinimumSide)),
            eighths, Median(skia), djpeg is null ? null : Median(alone), full.Count);

        void Prepare(SkiaImageDecoder by, int minimumSide) => preprocessing.Apply(by.Decode(jpeg, minimumSide), tensor);
    }

    private static double Milliseconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double MegabytesAllocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 1e6;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Smooth noise of several scales and a little grain, which a JPEG of quality 90 codes in about as many bytes per
    /// pixel as a camera's photo.</summary>
    private static RgbImage PhotoLike(int width, int height, int seed)
    {
        var random = new Random(seed);
        var grids = new float[4][];
        for (var octave = 0; octave < grids.Length; octave++)
        {
            grids[octave] = [.. Enumerable.Range(0, 64 * 64 * 3).Select(_ => random.NextSingle())];
        }

        var pixels = new byte[width * height * 3];
        for (var (y, at) = (0, 0); y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var grain = random.Next(-12, 13);
                for (var channel = 0; channel < 3; channel++, at++)
                {
                    var value = 128f + grain;
                    for (var octave = 0; octave < grids.Length; octave++)
                    {
                        var scale = (4f * (1 << octave)) / width;
                        value += (128 >> octave) * (Smooth(grids[octave], x * scale, y * scale, channel) - 0.5f);
                    }

                    pixels[at] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }

        return new RgbImage(width, height, pixels);
    }

    private static float Smooth(float[] grid, float x, float y, int channel)
    {
        var (column, row) = ((int)x, (int)y);
        var (right, below) = (x - column, y - row);
        return float.Lerp(
            float.Lerp(At(column, row), At(column + 1, row), right),
            float.Lerp(At(column, row + 1), At(column + 1, row + 1), right),
            below);

        float At(int c, int r) => grid[((((r & 63) * 64) + (c & 63)) * 3) + channel];
    }

    private sealed record Result(
        string Photo, int Kilobytes, string Preprocessing, double FullMs, double ScaledMs, double ScaledDecodeMs, double Ratio,
        double FullMegabytes, double ScaledMegabytes, int Eighths, double SkiaMs, double? DjpegMs, int Pairs);
}
