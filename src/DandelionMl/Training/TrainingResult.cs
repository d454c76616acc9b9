using DandelionMl.Embeddings;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>What a training gave.</summary>
/// <param name="Version">The registered candidate, with its metrics on the test images.</param>
/// <param name="Manifest">The exact images it was trained and tested on.</param>
/// <param name="Epochs">Loss and accuracy of each epoch.</param>
/// <param name="EmbeddedImages">Number of images that were embedded for it; each cost a backbone pass, all others none.</param>
/// <param name="Unreadable">Stored images left out because they can't be decoded.</param>
/// <param name="LeftOut">Classes left out because there are too few images of them.</param>
public sealed record TrainingResult(
    ModelVersion Version,
    TrainingManifest Manifest,
    IReadOnlyList<EpochReport> Epochs,
    int EmbeddedImages,
    IReadOnlyList<UnreadableImage> Unreadable,
    IReadOnlyList<LeftOutClass> LeftOut);
