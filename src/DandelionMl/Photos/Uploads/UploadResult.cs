using DandelionMl.Catalog;

namespace DandelionMl.Photos;

/// <summary>What became of an upload.</summary>
/// <param name="Status">Whether it is new.</param>
/// <param name="ImageId">The row of the photo, or of its twin.</param>
/// <param name="Twin">The photo that is already there; null for a new one.</param>
public sealed record UploadResult(UploadStatus Status, long ImageId, KnownPhoto? Twin = null);

/// <summary>Whether an upload is new.</summary>
public enum UploadStatus
{
    /// <summary>It waits for review now.</summary>
    New,

    /// <summary>It, or one that looks the same, is there already; it was not stored again.</summary>
    Known,
}

/// <summary>A photo that is already there.</summary>
/// <param name="Image">Its row of the catalog.</param>
/// <param name="Similarity">Cosine similarity of the embeddings; 1 where the bytes are the same.</param>
public sealed record KnownPhoto(CatalogImage Image, float Similarity);
