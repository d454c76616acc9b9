namespace DandelionMl.Photos;

/// <summary>A photo that is already stored.</summary>
/// <param name="Photo">The photo.</param>
/// <param name="Similarity">Cosine similarity of the embeddings; 1 where the bytes are the same.</param>
public sealed record KnownPhoto(Photo Photo, float Similarity);
