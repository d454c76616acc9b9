using DandelionMl.Imaging;

namespace DandelionMl.Backbones;

/// <summary>A backbone's identity and shape.</summary>
/// <param name="Id">Its id, such as <c>dinov2-vits14</c>; part of every embedding's key and of every model.</param>
/// <param name="Dimensions">Length of an embedding.</param>
/// <param name="Preprocessing">How images are prepared for it.</param>
/// <param name="WeightsSha256">SHA-256 of its weights file, lower-case hexadecimal.</param>
/// <param name="DuplicateThreshold">Cosine similarity from which two images count as the same photo; measured for each backbone.</param>
public sealed record BackboneInfo(
    string Id, int Dimensions, Preprocessing Preprocessing, string WeightsSha256, float DuplicateThreshold)
{
    /// <summary>The space of its embeddings.</summary>
    public EmbeddingSpace Space => new(Id, Preprocessing.Id);
}
