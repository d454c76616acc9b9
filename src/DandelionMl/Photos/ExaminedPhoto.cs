using DandelionMl.Classification;

namespace DandelionMl.Photos;

/// <summary>What to do with a photo that somebody sent, besides classifying it.</summary>
public sealed record PhotoExamination
{
    /// <summary>Whether to store it for review, unless it is already known; false by default. Ask the user first: the photo is
    /// stored.</summary>
    public bool Keep { get; init; }

    /// <summary>What the user calls it, for people only; null, the default, if it has no name.</summary>
    public string? FileName { get; init; }

    /// <summary>How many photos of the training set to find that look most like it, 0 to <see cref="SimilarPhotos.MaxCount"/>; 0 by
    /// default.</summary>
    public int Similar { get; init; }
}

/// <summary>The result for a photo that somebody sent.</summary>
public sealed record ExaminedPhoto
{
    /// <summary>The model's prediction.</summary>
    public required Prediction Prediction { get; init; }

    /// <summary>The photos of the training set that look most like it, the most similar first.</summary>
    public IReadOnlyList<KnownPhoto> Similar { get; init; } = [];

    /// <summary>Whether it was stored.</summary>
    public UploadStatus Status { get; init; }

    /// <summary>Its row in the catalog, or that of its twin; null if it is not stored.</summary>
    public long? ImageId { get; init; }

    /// <summary>A code for the sender, to have the photo erased by <see cref="PhotoExaminer.EraseAsync"/>; null
    /// unless it is <see cref="UploadStatus.New"/>. It is told this once: only its hash is kept.</summary>
    public string? Receipt { get; init; }

    /// <summary>The stored photo that is the same or looks the same; null if there is none.</summary>
    public KnownPhoto? Twin { get; init; }

    /// <summary>Why the database or the store failed; null if they did not.</summary>
    public DandelionMlException? Failure { get; init; }
}

/// <summary>Whether a photo that somebody sent was stored.</summary>
public enum UploadStatus
{
    /// <summary>It was not to be stored.</summary>
    NotKept,

    /// <summary>It is stored and waits for review.</summary>
    New,

    /// <summary>The photo, or one that looks the same, is already stored, so it was not stored again.</summary>
    Known,

    /// <summary>The database or the store can't be reached; it was not stored.</summary>
    Failed,

    /// <summary>The photo was erased before, so that it is not stored again.</summary>
    Erased,
}

