namespace DandelionMl.Training;

/// <summary>An image as the trainer sees it.</summary>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Label">Its class.</param>
/// <param name="Embedding">Its embedding, which may be a part of an array that holds others, too.</param>
internal sealed record LabelledEmbedding(string Sha256, string Label, ReadOnlyMemory<float> Embedding)
{
    /// <summary>SHA-256 of the image that leads its group of near-duplicates; its own where none was recorded.</summary>
    public string Leader { get; init; } = Sha256;
}
