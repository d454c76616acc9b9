using DandelionMl.Classification;

namespace DandelionMl.Photos;

/// <summary>What is to be done with a photo that somebody sent, beside classifying it.</summary>
public sealed record PhotoExamination
{
    /// <summary>Whether it is to be kept for review, unless it is known; false by default. Ask the user first: the photo is stored.</summary>
    public bool Keep { get; init; }

    /// <summary>What the user calls it, for people only; null, the default, if it has no name.</summary>
    public string? FileName { get; init; }

    /// <summary>How many photos of the training set to find that look most like it, 0 to <see cref="SimilarPhotos.MaxCount"/>; 0 by
    /// default.</summary>
    public int Similar { get; init; }
}

/// <summary>What is to be said of a photo that somebody sent.</summary>
public sealed record ExaminedPhoto
{
    /// <summary>What the model says.</summary>
    public required Prediction Prediction { get; init; }

    /// <summary>Whether it looks like anything that was learned from; null where that can't be told: there are too few training photos,
    /// or <see cref="Failure"/>.</summary>
    public bool? IsFamiliar { get; init; }

    /// <summary>The photos of the training set that look most like it, the most similar first.</summary>
    public IReadOnlyList<KnownPhoto> Similar { get; init; } = [];

    /// <summary>What became of it.</summary>
    public UploadStatus Status { get; init; }

    /// <summary>Its row in the catalog, or that of its twin; null if it is not kept.</summary>
    public long? ImageId { get; init; }

    /// <summary>The photo that is there already; null unless it is known.</summary>
    public KnownPhoto? Twin { get; init; }

    /// <summary>Why database or store did not say or take everything; null if they did.</summary>
    public DandelionMlException? Failure { get; init; }
}

/// <summary>What became of a photo that somebody sent.</summary>
public enum UploadStatus
{
    /// <summary>It was not to be kept.</summary>
    NotKept,

    /// <summary>It waits for review now.</summary>
    New,

    /// <summary>It, or one that looks the same, is there already; it was not stored again.</summary>
    Known,

    /// <summary>Database or store are out of reach at the moment; it was not kept.</summary>
    Failed,
}

