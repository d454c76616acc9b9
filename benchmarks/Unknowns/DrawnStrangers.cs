using DandelionMl.Imaging;
using SkiaSharp;

namespace DandelionMl.Benchmarks.Unknowns;

/// <summary>Pictures of what no model of dandelions and grass was taught, drawn by fixed seeds, so that no file is needed. The near ones are of
/// plants, or have the textures of photos; the far ones are what people send by mistake.</summary>
internal static class DrawnStrangers
{
    private const int Side = 256;
    private const int OfEachKind = 10;

    /// <summary>Drawn flowers and lawns, photos with a flower drawn over them, and photos in other colours.</summary>
    /// <param name="photos">Photos to draw on, none of which the model learned from.</param>
    public static IEnumerable<RgbImage> Near(IReadOnlyList<RgbImage> photos) =>
    [
        .. Draw(seed: 1, (canvas, random) => Flower(Lawn(canvas, random), random, SKColors.White)),
        .. Draw(seed: 2, (canvas, random) => Lawn(canvas, random)),
        .. Draw(seed: 3, (canvas, random) => Leaves(canvas, random)),
        .. Draw(seed: 4, (canvas, random) => Flower(Photo(canvas, photos[random.Next(photos.Count)]), random, Colour(random))),
        .. Draw(seed: 5, (canvas, random) => Photo(canvas, photos[random.Next(photos.Count)], HueTurned(90 + random.Next(180)))),
        .. Draw(seed: 6, (canvas, random) => Photo(canvas, photos[random.Next(photos.Count)], Negative)),
    ];

    /// <summary>Noise, plain frames, gradients, pages of text, faces of cards, and screens.</summary>
    public static IEnumerable<RgbImage> Far() =>
    [
        .. Draw(seed: 7, Noise),
        .. Draw(seed: 8, (canvas, random) => canvas.Clear(random.Next(3) switch { 0 => SKColors.Black, 1 => SKColors.White, _ => Colour(random) })),
        .. Draw(seed: 9, Gradient),
        .. Draw(seed: 10, (canvas, random) => Text(canvas, random, new SKRect(16, 16, Side - 16, Side - 16), lineHeight: 8 + random.Next(10))),
        .. Draw(seed: 11, Card),
        .. Draw(seed: 12, Screen),
    ];

    private static IEnumerable<RgbImage> Draw(int seed, Action<SKCanvas, Random> draw)
    {
        var random = new Random(seed);
        for (var index = 0; index < OfEachKind; index++)
        {
            using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque));
            using var canvas = new SKCanvas(bitmap);
            canvas.Clear(SKColors.White);
            draw(canvas, random);
            yield return ToImage(bitmap);
        }
    }

    private static RgbImage ToImage(SKBitmap bitmap)
    {
        var rgba = bitmap.GetPixelSpan();
        var rgb = new byte[3 * bitmap.Width * bitmap.Height];
        for (var pixel = 0; pixel < bitmap.Width * bitmap.Height; pixel++)
        {
            rgba.Slice(4 * pixel, 3).CopyTo(rgb.AsSpan(3 * pixel));
        }

        return new RgbImage(bitmap.Width, bitmap.Height, rgb);
    }

    private static SKCanvas Photo(SKCanvas canvas, RgbImage photo, float[]? colours = null)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(photo.Width, photo.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var rgb = photo.Pixels;
        var pixels = new SKColor[photo.Width * photo.Height];
        for (var pixel = 0; pixel < pixels.Length; pixel++)
        {
            pixels[pixel] = new SKColor(rgb[3 * pixel], rgb[(3 * pixel) + 1], rgb[(3 * pixel) + 2]);
        }

        bitmap.Pixels = pixels;
        using var filter = colours is null ? null : SKColorFilter.CreateColorMatrix(colours);
        using var paint = new SKPaint { ColorFilter = filter };
        using var image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, new SKRect(0, 0, Side, Side), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear), paint);
        return canvas;
    }

    /// <summary>Turns hues about the grey axis and leaves the lightness, as SVG's <c>hueRotate</c> does.</summary>
    private static float[] HueTurned(int degrees)
    {
        var (cos, sin) = (MathF.Cos(degrees * MathF.PI / 180), MathF.Sin(degrees * MathF.PI / 180));
        return
        [
            0.213f + (cos * 0.787f) - (sin * 0.213f), 0.715f - (cos * 0.715f) - (sin * 0.715f), 0.072f - (cos * 0.072f) + (sin * 0.928f), 0, 0,
            0.213f - (cos * 0.213f) + (sin * 0.143f), 0.715f + (cos * 0.285f) + (sin * 0.140f), 0.072f - (cos * 0.072f) - (sin * 0.283f), 0, 0,
            0.213f - (cos * 0.213f) - (sin * 0.787f), 0.715f - (cos * 0.715f) + (sin * 0.715f), 0.072f + (cos * 0.928f) + (sin * 0.072f), 0, 0,
            0, 0, 0, 1, 0,
        ];
    }

    private static readonly float[] Negative = [-1, 0, 0, 0, 1, 0, -1, 0, 0, 1, 0, 0, -1, 0, 1, 0, 0, 0, 1, 0];

    /// <summary>Strokes of many greens, from the ground upwards.</summary>
    private static SKCanvas Lawn(SKCanvas canvas, Random random)
    {
        canvas.Clear(SKColor.FromHsl(80 + random.Next(50), 50, 15 + random.Next(20)));
        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = 1.5f };
        for (var blade = 0; blade < 2_500; blade++)
        {
            paint.Color = SKColor.FromHsl(75 + random.Next(60), 40 + random.Next(40), 20 + random.Next(45));
            var (x, y) = (Side * random.NextSingle(), Side * random.NextSingle());
            canvas.DrawLine(x, y, x + random.Next(-12, 13), y - 5 - random.Next(25), paint);
        }

        return canvas;
    }

    private static void Leaves(SKCanvas canvas, Random random)
    {
        canvas.Clear(SKColor.FromHsl(100 + random.Next(40), 40, 15));
        using var paint = new SKPaint { IsAntialias = true };
        for (var leaf = 0; leaf < 90; leaf++)
        {
            canvas.Save();
            canvas.Translate(Side * random.NextSingle(), Side * random.NextSingle());
            canvas.RotateDegrees(random.Next(360));
            paint.Color = SKColor.FromHsl(70 + random.Next(80), 30 + random.Next(40), 15 + random.Next(40));
            canvas.DrawOval(0, 0, 18 + random.Next(25), 8 + random.Next(10), paint);
            paint.Color = paint.Color.WithAlpha(255).WithRed(220);
            canvas.DrawLine(-25, 0, 25, 0, paint);
            canvas.Restore();
        }
    }

    /// <summary>A flower with few broad petals, which fills most of the picture.</summary>
    private static void Flower(SKCanvas canvas, Random random, SKColor petals)
    {
        using var paint = new SKPaint { IsAntialias = true };
        var (count, radius) = (5 + random.Next(4), 55 + random.Next(35));
        canvas.Translate((Side / 2) + random.Next(-30, 31), (Side / 2) + random.Next(-30, 31));
        for (var petal = 0; petal < count; petal++)
        {
            paint.Color = Shade(petals, random);
            canvas.RotateDegrees(360f / count);
            canvas.DrawOval(radius, 0, radius * 0.9f, radius * 0.45f, paint);
        }

        paint.Color = SKColor.FromHsl(random.Next(360), 60, 30);
        canvas.DrawCircle(0, 0, radius * 0.35f, paint);
    }

    private static void Noise(SKCanvas canvas, Random random)
    {
        var cell = 1 << random.Next(4);
        using var paint = new SKPaint();
        for (var y = 0; y < Side; y += cell)
        {
            for (var x = 0; x < Side; x += cell)
            {
                paint.Color = new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
                canvas.DrawRect(x, y, cell, cell, paint);
            }
        }
    }

    private static void Gradient(SKCanvas canvas, Random random)
    {
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, 0), new SKPoint(Side * random.NextSingle(), Side), [Colour(random), Colour(random)], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawPaint(paint);
    }

    /// <summary>Lines of words, their letters drawn, as no font is the same everywhere.</summary>
    private static void Text(SKCanvas canvas, Random random, SKRect area, int lineHeight)
    {
        using var paint = new SKPaint { Color = SKColors.Black, StrokeWidth = MathF.Max(1, lineHeight / 9f), IsAntialias = true };
        var (width, height) = (lineHeight * 0.45f, lineHeight * 0.6f);
        for (var y = area.Top; y + height < area.Bottom; y += lineHeight)
        {
            for (var x = area.Left; x + width < area.Right; x += width * 1.3f)
            {
                // One place in six is a space.
                for (var stroke = 0; random.Next(6) != 0 && stroke < 3; stroke++)
                {
                    canvas.DrawLine(
                        x + (width * random.Next(2)), y + (height * random.Next(3) / 2), x + (width * random.Next(2)), y + (height * random.Next(3) / 2), paint);
                }
            }
        }
    }

    /// <summary>A playing card on a table.</summary>
    private static void Card(SKCanvas canvas, Random random)
    {
        canvas.Clear(Colour(random));
        canvas.RotateDegrees(random.Next(-20, 21), Side / 2, Side / 2);
        using var paint = new SKPaint { IsAntialias = true, Color = SKColors.White };
        canvas.DrawRoundRect(new SKRect(58, 28, 198, 228), 10, 10, paint);
        paint.Color = random.Next(2) == 0 ? SKColors.Crimson : SKColors.Black;
        var (columns, rows) = (1 + random.Next(2), 1 + random.Next(4));
        for (var pip = 0; pip < columns * rows; pip++)
        {
            var (x, y) = (128 + (((pip % columns) - ((columns - 1) / 2f)) * 60), 128 + (((pip / columns) - ((rows - 1) / 2f)) * 44));
            canvas.DrawCircle(x - 7, y, 9, paint);
            canvas.DrawCircle(x + 7, y, 9, paint);
            canvas.DrawCircle(x, y - 10, 9, paint);
        }
    }

    /// <summary>A screen: bars, panels and text.</summary>
    private static void Screen(SKCanvas canvas, Random random)
    {
        canvas.Clear(SKColor.FromHsl(random.Next(360), 10, 92));
        using var paint = new SKPaint { Color = Colour(random) };
        canvas.DrawRect(0, 0, Side, 22, paint);
        paint.Color = SKColor.FromHsl(220, 15, 30);
        canvas.DrawRect(0, 22, 50 + random.Next(30), Side, paint);
        for (var panel = 0; panel < 3; panel++)
        {
            var area = new SKRect(90, 34 + (72 * panel), Side - 10, 96 + (72 * panel));
            paint.Color = SKColors.White;
            canvas.DrawRect(area, paint);
            paint.Color = Colour(random);
            canvas.DrawRect(area.Left + 6, area.Top + 6, 24 + random.Next(40), 14, paint);
            Text(canvas, random, new SKRect(area.Left + 6, area.Top + 26, area.Right - 6, area.Bottom), lineHeight: 9);
        }
    }

    private static SKColor Colour(Random random) => SKColor.FromHsl(random.Next(360), 30 + random.Next(70), 20 + random.Next(60));

    private static SKColor Shade(SKColor colour, Random random)
    {
        colour.ToHsl(out var hue, out var saturation, out var lightness);
        return SKColor.FromHsl(hue, saturation, Math.Clamp(lightness - 15 + random.Next(20), 0, 100));
    }
}
