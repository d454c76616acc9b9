using DandelionMl.Tool.Demo;

namespace DandelionMl.Packages.Tests.Support;

/// <summary>Small drawn pictures of meadows, with or without dandelions, of which no two look the same.</summary>
internal static class DrawnPhotos
{
    private const int PerLabel = 40;

    /// <summary>Writes <c>photos/dandelion</c>, <c>photos/grass</c> and a <c>photo.jpg</c> of a dandelion.</summary>
    public static void WriteTo(string folder)
    {
        DemoPictures.Draw(Path.Combine(folder, "photos"), PerLabel, seed: 1, CancellationToken.None);
        var others = Directory.CreateTempSubdirectory().FullName;
        DemoPictures.Draw(others, 1, seed: 2, CancellationToken.None);
        File.Copy(Directory.EnumerateFiles(Path.Combine(others, "dandelion")).Single(), Path.Combine(folder, "photo.jpg"), overwrite: true);
        Directory.Delete(others, recursive: true);
    }
}
