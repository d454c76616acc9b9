using System.Globalization;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>Leaves out classes that there are too few images of yet, so that a class that a reviewer has just named does not keep the
/// model of all others from being trained.</summary>
internal static class ClassSelection
{
    private const int Fewest = 2;

    /// <summary>Takes the classes with a single image, which can't be on both sides of the split, out of the images.</summary>
    public static List<LeftOutClass> RemoveSingles(List<LabelledEmbedding> images)
    {
        var leftOut = images.CountBy(image => image.Label, StringComparer.Ordinal).Where(item => item.Value < Fewest)
            .OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => new LeftOutClass(item.Key, item.Value, "it needs at least 2 images, one to train on and one to test on"))
            .ToList();
        var labels = leftOut.Select(item => item.Label).ToHashSet(StringComparer.Ordinal);
        images.RemoveAll(image => labels.Contains(image.Label));
        return leftOut;
    }

    /// <summary>The classes that are new and have too few test images.</summary>
    /// <param name="images">The images with their sides.</param>
    /// <param name="testPhotos">Number of distinct test photos by class.</param>
    /// <param name="champion">What is served; null if nothing is, when no class counts as new.</param>
    /// <param name="minimumTestImages">Fewest distinct test photos of a new class.</param>
    public static List<LeftOutClass> FindScarce(
        IReadOnlyCollection<ManifestImage> images, IReadOnlyDictionary<string, int> testPhotos, ModelVersion? champion, int minimumTestImages)
    {
        if (champion is null)
        {
            return [];
        }

        return [.. images.GroupBy(image => image.Label, StringComparer.Ordinal)
            .Where(item => !champion.Labels.Contains(item.Key) && testPhotos.GetValueOrDefault(item.Key) < minimumTestImages)
            .OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => new LeftOutClass(item.Key, item.Count(), string.Create(
                CultureInfo.InvariantCulture,
                $"it is a new class, and has {testPhotos.GetValueOrDefault(item.Key)} of the {minimumTestImages} distinct test photos needed")))];
    }
}

/// <summary>A class that a training left out.</summary>
/// <param name="Label">The class.</param>
/// <param name="Images">Number of its images.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record LeftOutClass(string Label, int Images, string Reason);
