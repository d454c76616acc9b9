using SkiaSharp;

namespace DandelionMl.Tool.Demo;

/// <summary>Draws what a meadow is beside its grass: soil, stones, straw, water, shade, sky. Grass alone would be so much alike that two
/// drawings count as one photo.</summary>
internal static class DemoGround
{
    private static readonly Material[] Materials =
    [
        new(Hue: 25, Spread: 8, Saturation: 0.5, Value: 0.35),
        new(Hue: 40, Spread: 8, Saturation: 0.3, Value: 0.75),
        new(Hue: 40, Spread: 40, Saturation: 0.06, Value: 0.6),
        new(Hue: 205, Spread: 15, Saturation: 0.4, Value: 0.6),
        new(Hue: 100, Spread: 25, Saturation: 0.6, Value: 0.12),
        new(Hue: 85, Spread: 20, Saturation: 0.45, Value: 0.75),
        new(Hue: 150, Spread: 20, Saturation: 0.4, Value: 0.4),
        new(Hue: 0, Spread: 180, Saturation: 0.05, Value: 0.95),
        new(Hue: 310, Spread: 30, Saturation: 0.35, Value: 0.55),
    ];

    public static void Draw(SKCanvas canvas, int width, int height, Random random, double light)
    {
        using var paint = new SKPaint { IsAntialias = true };
        var angle = Between(random, 0, Math.Tau);
        var reach = new SKPoint((float)(Math.Cos(angle) * width / 2), (float)(Math.Sin(angle) * height / 2));
        var centre = new SKPoint(width / 2f, height / 2f);
        paint.Shader = SKShader.CreateLinearGradient(
            centre - reach, centre + reach,
            [
                DemoPictures.Colour(random.Next(60, 130), Between(random, 0.3, 0.7), Between(random, 0.2, 0.6) * light),
                DemoPictures.Colour(random.Next(60, 130), Between(random, 0.3, 0.7), Between(random, 0.1, 0.6) * light),
            ],
            SKShaderTileMode.Clamp);
        canvas.DrawPaint(paint);
        paint.Shader = null;
        if (random.Next(3) == 0)
        {
            DrawBand(canvas, width, height, random, paint, light);
        }

        for (var patch = random.Next(1, 6); patch > 0; patch--)
        {
            DrawPatch(canvas, width, height, random, paint, light);
        }
    }

    /// <summary>A sky, a path or a wall: one side of the picture, cut off slantwise.</summary>
    private static void DrawBand(SKCanvas canvas, int width, int height, Random random, SKPaint paint, double light)
    {
        paint.Color = Materials[random.Next(Materials.Length)].Colour(random, light);
        canvas.Save();
        canvas.Translate(width / 2f, height / 2f);
        canvas.RotateDegrees((random.Next(4) * 90) + random.Next(-20, 21));
        canvas.DrawRect(-width, (float)Between(random, 0.1, 0.4) * height, 2 * width, 2 * height, paint);
        canvas.Restore();
    }

    private static void DrawPatch(SKCanvas canvas, int width, int height, Random random, SKPaint paint, double light)
    {
        paint.Color = Materials[random.Next(Materials.Length)].Colour(random, light);
        canvas.Save();
        canvas.Translate((float)Between(random, 0, width), (float)Between(random, 0, height));
        canvas.RotateDegrees(random.Next(360));
        canvas.DrawOval(0, 0, (float)Between(random, 15, 110), (float)Between(random, 10, 70), paint);
        canvas.Restore();
    }

    private static double Between(Random random, double low, double high) => DemoPictures.Between(random, low, high);

    /// <summary>What the ground is of, by its mean colour: hue in degrees with its spread to both sides, saturation and value 0 to 1.</summary>
    private sealed record Material(double Hue, double Spread, double Saturation, double Value)
    {
        public SKColor Colour(Random random, double light) => DemoPictures.Colour(
            (Hue + Between(random, -Spread, Spread) + 360) % 360, Saturation * Between(random, 0.7, 1.3), Value * Between(random, 0.75, 1.25) * light);
    }
}
