using System.Globalization;
using System.Numerics.Tensors;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.Benchmarks.Backbones;
using DandelionMl.Imaging;
using DandelionMl.Onnx;
using DandelionMl.ResNet18;
using SkiaSharp;

namespace DandelionMl.Benchmarks.BuiltIn;

/// <summary>Measures what a <see cref="BackboneInfo.DuplicateThreshold"/> rests on: the cosine similarity of a photo to altered copies of
/// itself, beside that of different photos. The built-in backbone's weights are learned from every second photo, the similarities are
/// those of the others.</summary>
internal static class DuplicateSimilarities
{
    /// <summary>Measures a backbone.</summary>
    /// <param name="photosFolder">The photos.</param>
    /// <param name="backbone"><c>resnet18-imagenet</c>, or an ONNX file; null for the built-in one.</param>
    public static void Run(string photosFolder, string? backbone)
    {
        var photos = LabelledPhotos.Read(photosFolder);
        using var loaded = backbone switch
        {
            null => new BuiltInBackbone(
                "half", new BuiltInBackboneTrainer().Train(photos.Files.Where((_, i) => i % 2 == 0).Select(LabelledPhotos.Decode))),
            ResNet18Backbone.Id => ResNet18Backbone.Load(),
            _ => OnnxBackbone.Load("measured", new OnnxBackboneOptions { Path = backbone }),
        };
        Run(loaded, [.. photos.Files.Where((_, i) => i % 2 == 1)]);
    }

    private static void Run(IBackbone backbone, byte[][] measured)
    {
        var originals = Array.ConvertAll(measured, file => PhotoEmbedding.Of(backbone, LabelledPhotos.Decode(file)));

        Print("JPEG quality 60", file => Alter(file, 1, 0, 60));
        Print("scaled to 75 %, JPEG quality 85", file => Alter(file, 0.75, 0, 85));
        Print("scaled to 50 %, JPEG quality 85", file => Alter(file, 0.5, 0, 85));
        Print("1 % cut off each side, JPEG quality 85", file => Alter(file, 1, 0.01, 85));
        Print("2 % cut off each side, JPEG quality 60", file => Alter(file, 1, 0.02, 60));
        Print("5 % cut off each side, JPEG quality 60", file => Alter(file, 1, 0.05, 60));
        Print("10 % cut off each side, JPEG quality 85", file => Alter(file, 1, 0.1, 85));
        Print("15 % brighter", file => Brighten(LabelledPhotos.Decode(file), 1.15));
        Print("turned by 90°", file => Turn(LabelledPhotos.Decode(file)));

        var different = new List<double>();
        for (var i = 0; i < originals.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                different.Add(Cosine(originals[i], originals[j]));
            }
        }

        PrintRow("two different photos", different, backbone.Info.DuplicateThreshold);
        Console.WriteLine("  the ten most alike: " + string.Join(", ", different.OrderDescending().Take(10).Select(Format)));

        void Print(string name, Func<byte[], RgbImage> alter) => PrintRow(
            name,
            [.. measured.Select((file, i) => Cosine(originals[i], PhotoEmbedding.Of(backbone, alter(file))))],
            backbone.Info.DuplicateThreshold);
    }

    private static double Cosine(float[] left, float[] right) => TensorPrimitives.CosineSimilarity<float>(left, right);

    private static RgbImage Alter(byte[] file, double scale, double cut, int quality)
    {
        using var original = SKBitmap.Decode(file);
        var (left, top) = ((int)Math.Ceiling(cut * original.Width), (int)Math.Ceiling(cut * original.Height));
        using var cropped = new SKBitmap();
        original.ExtractSubset(cropped, new SKRectI(left, top, original.Width - left, original.Height - top));
        var size = new SKSizeI((int)(cropped.Width * scale), (int)(cropped.Height * scale));
        using var scaled = cropped.Resize(size, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        using var encoded = scaled.Encode(SKEncodedImageFormat.Jpeg, quality);
        return LabelledPhotos.Decode(encoded.ToArray());
    }

    private static RgbImage Brighten(RgbImage photo, double factor) => new(
        photo.Width, photo.Height, Array.ConvertAll(photo.Pixels.ToArray(), value => (byte)Math.Min(255, Math.Round(value * factor))));

    private static RgbImage Turn(RgbImage photo)
    {
        var (source, turned) = (photo.Pixels.ToArray(), new byte[photo.Pixels.Length]);
        for (var y = 0; y < photo.Height; y++)
        {
            for (var x = 0; x < photo.Width; x++)
            {
                source.AsSpan(((y * photo.Width) + x) * 3, 3).CopyTo(turned.AsSpan(((x * photo.Height) + photo.Height - 1 - y) * 3, 3));
            }
        }

        return new RgbImage(photo.Height, photo.Width, turned);
    }

    private static void PrintRow(string name, List<double> similarities, float threshold)
    {
        double Above(double limit) => 100.0 * similarities.Count(similarity => similarity >= limit) / similarities.Count;
        var sorted = similarities.Order().ToArray();
        string At(double share) => Format(sorted[(int)(share * (sorted.Length - 1))]);
        Console.WriteLine($"{name,-42} min {At(0)}  1 % {At(0.01)}  5 % {At(0.05)}  median {At(0.5)}  99.9 % {At(0.999)}  "
            + $"max {At(1)}  {Format(Above(threshold))} % reach {Format(threshold)}, "
            + $"{Format(Above(threshold - 0.02))} % {Format(threshold - 0.02)}, {Format(Above(threshold - 0.04))} % {Format(threshold - 0.04)}");
    }

    private static string Format(double value) => value.ToString("F3", CultureInfo.InvariantCulture);
}
