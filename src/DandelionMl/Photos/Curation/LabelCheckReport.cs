using DandelionMl.Registry;

namespace DandelionMl.Photos;

/// <summary>Which labels of the training set are likely wrong.</summary>
/// <param name="Photos">The photos, the least plausible label first; those whose label somebody looked at and kept are left out.</param>
/// <param name="Checked">How many photos were checked.</param>
/// <param name="Flagged">How many labels the rule of the confident joint calls wrong, those that somebody kept left out.</param>
/// <param name="Kept">How many photos of the ranking were left out because somebody kept their label.</param>
/// <param name="Missing">How many photos have no embedding yet, so that they were not checked.</param>
/// <param name="Alone">How many photos were not checked because their class has no other photo than them and their near-duplicates.</param>
/// <param name="Obstacle">Why no label could be checked; null if labels were.</param>
internal sealed record LabelCheckReport(
    IReadOnlyList<DoubtedPhoto> Photos, int Checked, int Flagged, int Kept, int Missing, int Alone, LabelCheckObstacle? Obstacle)
{
    public static LabelCheckReport Nothing(LabelCheckObstacle obstacle, int missing) => new([], 0, 0, 0, missing, 0, obstacle);

    /// <summary>Why no label could be checked, in words; null if labels were.</summary>
    public string? Why => Obstacle switch
    {
        null => null,
        LabelCheckObstacle.NoPhotos => "There is no stored photo to check: ingest some first.",
        LabelCheckObstacle.NoEmbeddings => "No photo is embedded yet: train a model (Trainer.TrainAsync), or run 'dandelion embed'.",
        LabelCheckObstacle.OneClass => "At least two classes with two embedded photos each are needed.",
        _ => "All embeddings are alike, so that nothing tells one class from another.",
    };
}

/// <summary>A photo whose label is in doubt.</summary>
/// <param name="ImageId">Its row in the catalog.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Label">Its label.</param>
/// <param name="LikelyLabel">The most probable other label.</param>
/// <param name="LabelProbability">Probability of its label by heads that did not learn the photo, 0 to 1.</param>
/// <param name="LikelyProbability">Probability of the other label, 0 to 1.</param>
/// <param name="Margin">The first less the second, -1 to 1, by which photos are ranked: the lower, the likelier the label is wrong.</param>
/// <param name="IsFlagged">Whether the rule of the confident joint calls the label wrong; otherwise it only ranks high.</param>
/// <param name="Split">Whether the photo is trained on or tested on.</param>
internal sealed record DoubtedPhoto(
    long ImageId,
    string Sha256,
    string Source,
    string Label,
    string LikelyLabel,
    float LabelProbability,
    float LikelyProbability,
    float Margin,
    bool IsFlagged,
    DataSplit Split);

/// <summary>Why no label can be checked.</summary>
internal enum LabelCheckObstacle
{
    /// <summary>There is no photo in the training set.</summary>
    NoPhotos,

    /// <summary>No photo is embedded.</summary>
    NoEmbeddings,

    /// <summary>There are not two classes with two photos each.</summary>
    OneClass,

    /// <summary>The embeddings are all alike.</summary>
    EmbeddingsAlike,
}
