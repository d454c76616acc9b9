using DandelionMl.Imaging;

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

    public static RgbImage Decode(byte[] file) => new SkiaImageDecoder(new ImageLimits()).Decode(file);
}
