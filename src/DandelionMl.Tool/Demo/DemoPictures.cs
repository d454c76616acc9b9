using System.Globalization;
using SkiaSharp;

namespace DandelionMl.Tool.Demo;

/// <summary>Draws small pictures of meadows with and without dandelions, so that the whole loop can be tried with no photo at hand. The
/// same seed draws the same pictures.</summary>
internal static class DemoPictures
{
    private const int Width = 256;
    private const int Height = 192;

    /// <summary>Draws pictures into <c>dandelion/</c> and <c>grass/</c> below a folder; one that is already there stays.</summary>
    /// <param name="folder">The folder; made if need be.</param>
    /// <param name="perClass">How many of each.</param>
    /// <param name="seed">Seed of the drawing.</param>
    /// <param name="cancellationToken">Cancels between two pictures.</param>
    public static void Draw(string folder, int perClass, int seed, CancellationToken cancellationToken)
    {
        foreach (var label in new[] { "dandelion", "grass" })
        {
            var classFolder = Directory.CreateDirectory(Path.Combine(folder, label)).FullName;
            for (var number = 0; number < perClass; number++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = Path.Combine(classFolder, string.Create(CultureInfo.InvariantCulture, $"{label}-{seed:00}-{number:000}.jpg"));
                if (!File.Exists(path))
                {
                    DrawPicture(path, dandelions: label == "dandelion", new Random((seed * 10_000) + (number * 2) + (label == "grass" ? 1 : 0)));
                }
            }
        }
    }

    private static void DrawPicture(string path, bool dandelions, Random random)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var canvas = surface.Canvas;
        var light = Between(random, 0.5, 1.15);
        DemoGround.Draw(canvas, Width, Height, random, light);
        DrawBlades(canvas, random, light, count: random.Next(60, 450));
        if (dandelions)
        {
            for (var flower = random.Next(1, 7); flower > 0; flower--)
            {
                DrawDandelion(canvas, random, light);
            }

            DrawBlades(canvas, random, light, count: random.Next(10, 60));
        }
        else if (random.Next(3) == 0)
        {
            DrawDryLeaves(canvas, random, light);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Jpeg, 85);
        var aside = path + ".tmp";
        File.WriteAllBytes(aside, data.ToArray());
        File.Move(aside, path, overwrite: true);
    }

    private static void DrawBlades(SKCanvas canvas, Random random, double light, int count)
    {
        var (lean, scale, hue) = (Between(random, -0.8, 0.8), Between(random, 0.5, 2), Between(random, -15, 15));
        var (left, right) = Span(random, Width);
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeCap = SKStrokeCap.Round };

        // Fewer where they are large, so that they never hide the ground.
        for (count = (int)(count / Math.Max(1, scale * scale)); count > 0; count--)
        {
            var (x, y) = (Between(random, left, right), Between(random, 10, Height + 40));
            var length = Between(random, 20, 80) * scale;
            var bend = (lean + Between(random, -0.6, 0.6)) * length;
            paint.Color = Colour(hue + Between(random, 75, 115), Between(random, 0.35, 0.75), Between(random, 0.25, 0.7) * light);
            paint.StrokeWidth = (float)(Between(random, 0.8, 3.2) * scale);
            using var path = new SKPathBuilder();
            path.MoveTo((float)x, (float)y);
            path.QuadTo((float)(x + (bend * 0.3)), (float)(y - (length * 0.6)), (float)(x + bend), (float)(y - length));
            using var blade = path.Detach();
            canvas.DrawPath(blade, paint);
        }
    }

    private static void DrawDandelion(SKCanvas canvas, Random random, double light)
    {
        var centre = new SKPoint((float)Between(random, 20, Width - 20), (float)Between(random, 20, Height - 20));
        var radius = Between(random, 9, 34);
        using var paint = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeCap = SKStrokeCap.Round };

        // Rays from the rim inwards, each ring shorter and deeper in colour, as in the real flower.
        var hue = Between(random, 46, 56);
        for (var ring = 1.0; ring > 0.15; ring -= 0.18)
        {
            var rays = random.Next(28, 44);
            for (var ray = 0; ray < rays; ray++)
            {
                var angle = (ray + Between(random, -0.4, 0.4)) * Math.Tau / rays;
                var reach = radius * ring * Between(random, 0.85, 1.05);
                paint.StrokeWidth = (float)(radius * Between(random, 0.07, 0.13));
                paint.Color = Colour(hue + Between(random, -4, 4), Between(random, 0.85, 1), Between(random, 0.8, 1) * Math.Min(light + 0.15, 1));
                canvas.DrawLine(
                    centre.X + (float)(Math.Cos(angle) * reach * 0.3), centre.Y + (float)(Math.Sin(angle) * reach * 0.3),
                    centre.X + (float)(Math.Cos(angle) * reach), centre.Y + (float)(Math.Sin(angle) * reach), paint);
            }

            hue -= 1.5;
        }
    }

    private static void DrawDryLeaves(SKCanvas canvas, Random random, double light)
    {
        using var paint = new SKPaint { IsAntialias = true };
        for (var leaf = random.Next(3, 14); leaf > 0; leaf--)
        {
            paint.Color = Colour(Between(random, 22, 46), Between(random, 0.4, 0.75), Between(random, 0.35, 0.75) * light);
            canvas.Save();
            canvas.Translate((float)Between(random, 0, Width), (float)Between(random, 0, Height));
            canvas.RotateDegrees(random.Next(360));
            canvas.DrawOval(0, 0, (float)Between(random, 4, 14), (float)Between(random, 2, 6), paint);
            canvas.Restore();
        }
    }

    /// <summary>Where along a side something grows: all of it, or a part.</summary>
    private static (double Low, double High) Span(Random random, double length) => random.Next(4) switch
    {
        0 => (-20, length * Between(random, 0.4, 0.7)),
        1 => (length * Between(random, 0.3, 0.6), length + 20),
        _ => (-20, length + 20),
    };

    internal static SKColor Colour(double hue, double saturation, double value) =>
        SKColor.FromHsv((float)hue, (float)(saturation * 100), (float)(Math.Clamp(value, 0, 1) * 100));

    internal static double Between(Random random, double low, double high) => low + (random.NextDouble() * (high - low));
}
