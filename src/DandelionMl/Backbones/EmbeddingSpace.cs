
namespace DandelionMl.Backbones;

/// <summary>A backbone and a preprocessing: only embeddings with the same two are comparable. Embeddings of different spaces
/// never mix.</summary>
/// <param name="BackboneId">The backbone's id, such as <c>dinov2-vits14</c>.</param>
/// <param name="PreprocessingId">The preprocessing's id, such as <c>squash-bilinear-224</c>.</param>
public readonly record struct EmbeddingSpace(string BackboneId, string PreprocessingId)
{
    /// <summary>Both ids, joined by a slash.</summary>
    public override string ToString() => $"{BackboneId}/{PreprocessingId}";
}
