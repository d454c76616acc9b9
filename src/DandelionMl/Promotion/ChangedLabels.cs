using DandelionMl.Registry;

namespace DandelionMl.Promotion;

/// <summary>Counts test images whose label was changed between two trainings.</summary>
internal static class ChangedLabels
{
    /// <param name="tested">Test images, with their labels.</param>
    /// <param name="before">What the other version saw, on either side, with the labels of then.</param>
    public static int Count(IEnumerable<ManifestImage> tested, TrainingManifest before)
    {
        var labels = before.Images.ToDictionary(image => image.Sha256, image => image.Label, StringComparer.Ordinal);
        return tested.Count(image => labels.TryGetValue(image.Sha256, out var label) && label != image.Label);
    }
}
