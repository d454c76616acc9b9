using DandelionMl.Backbones;

namespace DandelionMl.Embeddings;

/// <summary>Keeps each image's embedding under (SHA-256 of its bytes, embedding space), so that an image is embedded once, ever.
/// Thread-safe; several processes may share one store.</summary>
public interface IEmbeddingStore
{
    /// <summary>Reads the embeddings of some images.</summary>
    /// <param name="space">The embedding space.</param>
    /// <param name="sha256">SHA-256 of each image's bytes, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The embeddings that are kept; an image not yet embedded is missing.</returns>
    Task<IReadOnlyDictionary<string, float[]>> GetAsync(
        EmbeddingSpace space, IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default);

    /// <summary>Keeps embeddings, in one transaction. One already kept stays as it is.</summary>
    /// <param name="space">The embedding space.</param>
    /// <param name="embeddings">SHA-256 of the image's bytes and its embedding; all of one length.</param>
    /// <param name="cancellationToken">Cancels the call; nothing is kept then.</param>
    Task PutAsync(
        EmbeddingSpace space, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings, CancellationToken cancellationToken = default);

    /// <summary>Finds the images whose embeddings are nearest to a vector by cosine similarity.</summary>
    /// <param name="space">The embedding space.</param>
    /// <param name="vector">The vector to compare with; as long as the space's embeddings.</param>
    /// <param name="count">The most neighbours to return, at least 1.</param>
    /// <param name="minimumSimilarity">Cosine similarity below which an image is no neighbour; -1, the default, for none. To ask for no more
    /// than is needed can be much faster.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>At most <paramref name="count"/> neighbours, the most similar first.</returns>
    Task<IReadOnlyList<Neighbour>> FindNearestAsync(
        EmbeddingSpace space, ReadOnlyMemory<float> vector, int count, float minimumSimilarity = -1, CancellationToken cancellationToken = default);

    /// <summary>Deletes the embeddings of some images from all spaces, as when their photos are erased. Of an image that has none, nothing
    /// is deleted.</summary>
    /// <param name="sha256">SHA-256 of each image's bytes, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Cancels the call; nothing is deleted then.</param>
    Task DeleteAsync(IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default);

    /// <summary>Counts the embeddings of a space.</summary>
    /// <param name="space">The embedding space.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<long> CountAsync(EmbeddingSpace space, CancellationToken cancellationToken = default);
}

/// <summary>An image found by similarity.</summary>
/// <param name="Sha256">SHA-256 of the image's bytes, lower-case hexadecimal.</param>
/// <param name="Similarity">Cosine similarity, from -1 to 1.</param>
public readonly record struct Neighbour(string Sha256, float Similarity);
