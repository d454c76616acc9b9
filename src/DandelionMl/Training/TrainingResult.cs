using DandelionMl.Embeddings;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>The result of a training.</summary>
public sealed record TrainingResult
{
    /// <summary>The registered candidate, with its metrics on the test images.</summary>
    public required ModelVersion Version { get; init; }

    /// <summary>The exact images it was trained and tested on.</summary>
    public required TrainingManifest Manifest { get; init; }

    /// <summary>Loss and accuracy of each epoch.</summary>
    public required IReadOnlyList<EpochMetrics> Epochs { get; init => field = ValueList<EpochMetrics>.Of(value); }

    /// <summary>Number of images that were embedded for it; each cost a backbone pass, all others none.</summary>
    public required int EmbeddedImages { get; init; }

    /// <summary>Stored images left out because their bytes are lost or damaged, or can't be decoded.</summary>
    public required IReadOnlyList<UnreadableImage> Unreadable { get; init => field = ValueList<UnreadableImage>.Of(value); }

    /// <summary>Classes left out because there are too few images of them.</summary>
    public required IReadOnlyList<LeftOutClass> LeftOut { get; init => field = ValueList<LeftOutClass>.Of(value); }
}
