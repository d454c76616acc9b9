using DandelionMl.Backbones;

namespace DandelionMl.Embeddings;

/// <summary>Receives an embedding, which is only there during the call.</summary>
/// <param name="sha256">SHA-256 of the image's bytes.</param>
/// <param name="embedding">Its values.</param>
internal delegate void EmbeddingReceiver(string sha256, ReadOnlySpan<float> embedding);

/// <summary>A store that hands out embeddings without making an object of each.</summary>
internal interface IEmbeddingReader
{
    /// <summary>Reads the embeddings of some images.</summary>
    /// <param name="space">The embedding space.</param>
    /// <param name="sha256">SHA-256 of each image's bytes, each once.</param>
    /// <param name="receive">Given each that is kept, one after the other, in no order; some once more where a failed query is asked again.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task ReadAsync(EmbeddingSpace space, IReadOnlyCollection<string> sha256, EmbeddingReceiver receive, CancellationToken cancellationToken);
}

/// <summary>Reads many embeddings.</summary>
internal static class EmbeddingReading
{
    // What another store than ours reads at a time exists twice, as objects and in the matrix.
    private const int BatchSize = 1_000;

    /// <summary>Reads the embeddings of some images into one matrix, on all cores.</summary>
    /// <param name="store">The store.</param>
    /// <param name="space">The embedding space.</param>
    /// <param name="sha256">SHA-256 of each image's bytes; one may be there several times.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The embeddings that are kept; an image not yet embedded is missing.</returns>
    public static async Task<EmbeddingMatrix> ReadAsync(
        this IEmbeddingStore store, EmbeddingSpace space, IReadOnlyCollection<string> sha256, CancellationToken cancellationToken)
    {
        var matrix = new EmbeddingMatrix(sha256.Count);
        await Parallel.ForEachAsync(sha256.Chunk(BatchSize), cancellationToken, async (batch, token) =>
        {
            if (store is IEmbeddingReader reader)
            {
                await reader.ReadAsync(space, batch, Add, token).ConfigureAwait(false);
                return;
            }

            foreach (var (hash, embedding) in await store.GetAsync(space, batch, token).ConfigureAwait(false))
            {
                Add(hash, embedding);
            }
        }).ConfigureAwait(false);
        return matrix;

        void Add(string hash, ReadOnlySpan<float> embedding)
        {
            lock (matrix)
            {
                matrix.Add(hash, embedding);
            }
        }
    }
}
