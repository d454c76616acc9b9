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

    /// <summary>How many images a pass is given.</summary>
    /// <param name="images">Number of values of the images.</param>
    /// <param name="embeddings">Number of values that there is room for.</param>
    /// <exception cref="ArgumentException">The values are no whole number of images, or the embeddings are of another number.</exception>
    internal int CountImages(int images, int embeddings)
    {
        var count = images / Preprocessing.TensorLength;
        return images == count * Preprocessing.TensorLength && embeddings == count * Dimensions
            ? count
            : throw new ArgumentException(
                $"{images} values of images and {embeddings} of embeddings do not match: an image has {Preprocessing.TensorLength}, an embedding {Dimensions}.");
    }
}
