using SkiaSharp;

namespace DandelionMl.Packages.Tests.Support;

/// <summary>Small drawn pictures: blades of grass, with or without a yellow flower.</summary>
internal static class DrawnPhotos
{
    private const int Side = 96;
    private const int PerLabel = 40;

    /// <summary>Writes <c>photos/dandelion</c>, <c>photos/grass</c> and a <c>photo.jpg</c> of a dandelion.</summary>
    public static void WriteTo(string folder)
    {
        for (var i = 0; i < PerLabel; i++)
        {
            Write(Path.Combine(folder, "photos", "dandelion", $"{i}.jpg"), seed: i, flower: true);
            Write(Path.Combine(folder, "photos", "grass", $"{i}.jpg"), seed: PerLabel + i, flower: false);
        }

        Write(Path.Combine(folder, "photo.jpg"), seed: 2 * PerLabel, flower: true);
    }

    private static void Write(string path, int seed, bool flower)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(Side, Side);
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { IsAntialias = true, StrokeWidth = 2 };
        canvas.Clear(new SKColor(30, 70, 30));
        for (var blade = 0; blade < 120; blade++)
        {
            paint.Color = new SKColor((byte)random.Next(40, 90), (byte)random.Next(90, 180), (byte)random.Next(30, 70));
            var (x, y) = (random.Next(Side), random.Next(Side));
            canvas.DrawLine(x, y, x + random.Next(-8, 9), y - random.Next(10, 30), paint);
        }

        if (flower)
        {
            paint.Color = new SKColor(250, (byte)random.Next(190, 220), (byte)random.Next(20, 60));
            canvas.DrawCircle(random.Next(30, Side - 30), random.Next(30, Side - 30), random.Next(18, 28), paint);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        bitmap.Encode(file, SKEncodedImageFormat.Jpeg, 90);
    }
}
