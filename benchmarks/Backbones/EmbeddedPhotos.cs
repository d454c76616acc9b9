using DandelionMl.Backbones;
using DandelionMl.Benchmarks.BuiltIn;
using DandelionMl.Storage;
using DandelionMl.Training;

namespace DandelionMl.Benchmarks.Backbones;

/// <summary>Embeds photos of two classes, and groups their near-duplicates.</summary>
internal static class EmbeddedPhotos
{
    /// <summary>Names of the two classes.</summary>
    public static readonly string[] Labels = ["a", "b"];

    public static LabelledEmbedding[] Of(IBackbone backbone, LabelledPhotos photos)
    {
        LabelledEmbedding[] embedded = [.. photos.Files.Zip(photos.Labels, (file, label) =>
            new LabelledEmbedding(ContentHash.Of(file), Labels[label], PhotoEmbedding.Of(backbone, LabelledPhotos.Decode(file))))];
        var leaders = NearDuplicates.FindLeaders([.. embedded.Select(photo => photo.Embedding)], backbone.Info.DuplicateThreshold);
        return [.. embedded.Select((photo, index) => photo with { Leader = embedded[leaders[index]].Sha256 })];
    }
}
