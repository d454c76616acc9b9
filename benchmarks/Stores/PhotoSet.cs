using System.Globalization;
using DandelionMl.Imaging;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>A folder with one subfolder of photos per label.</summary>
internal sealed record PhotoSet(string Name, string Folder, IReadOnlyList<string> Files)
{
    private const string Label = "generated";
    private const int Side = 32;

    public int Count => Files.Count;

    public static PhotoSet Read(string name, string folder) => new(
        name, folder, [.. Directory.EnumerateFiles(folder, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]);

    /// <summary>Small pictures, no two alike.</summary>
    public static PhotoSet Generate(string parent, int count)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{count} generated");
        var folder = Path.Combine(parent, name);
        var target = Directory.CreateDirectory(Path.Combine(folder, Label)).FullName;
        var random = new Random(count);
        var pixels = new byte[Side * Side * 3];
        for (var number = 0; number < count; number++)
        {
            random.NextBytes(pixels);
            File.WriteAllBytes(
                Path.Combine(target, string.Create(CultureInfo.InvariantCulture, $"{number:00000}.jpg")),
                ImageEncoder.ToJpeg(new RgbImage(Side, Side, pixels), 80));
        }

        return Read(name, folder);
    }

    /// <summary>The first of the photos; their folder is still the whole one.</summary>
    public PhotoSet Take(int most) => this with { Files = [.. Files.Take(most)] };
}
