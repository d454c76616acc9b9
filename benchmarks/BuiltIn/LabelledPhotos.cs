using DandelionMl.Imaging;
using SkiaSharp;

namespace DandelionMl.Benchmarks.BuiltIn;

/// <summary>Photos of a folder with one subfolder per label, in the order of their names.</summary>
internal sealed record LabelledPhotos(IReadOnlyList<byte[]> Files, IReadOnlyList<int> Labels)
{
    public int Count => Files.Count;

    public static LabelledPhotos Read(string folder)
    {
        var (files, labels) = (new List<byte[]>(), new List<int>());
        var label = 0;
        foreach (var subfolder in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            foreach (var file in Directory.GetFiles(subfolder).Order(StringComparer.Ordinal))
            {
                files.Add(File.ReadAllBytes(file));
                labels.Add(label);
            }

            label++;
        }

        return new LabelledPhotos(files, labels);
    }

    public static RgbImage Decode(byte[] file)
    {
        using var codec = SKCodec.Create(new SKMemoryStream(file));
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var bitmap = SKBitmap.Decode(codec, info);
        return FromBitmap(bitmap);
    }

    public static RgbImage FromBitmap(SKBitmap bitmap)
    {
        var source = bitmap.GetPixelSpan();
        var pixels = new byte[3 * bitmap.Width * bitmap.Height];
        for (int i = 0, j = 0; i < pixels.Length; i += 3, j += 4)
        {
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (source[j], source[j + 1], source[j + 2]);
        }

        return new RgbImage(bitmap.Width, bitmap.Height, pixels);
    }
}
