using DandelionMl.Backbones;

namespace DandelionMl.Embeddings;

/// <summary>Reads many embeddings.</summary>
internal static class EmbeddingReading
{
    // What is read at a time exists twice, as objects and in the matrix.
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
            var kept = await store.GetAsync(space, batch, token).ConfigureAwait(false);
            lock (matrix)
            {
                foreach (var (hash, embedding) in kept)
                {
                    matrix.Add(hash, embedding);
                }
            }
        }).ConfigureAwait(false);
        return matrix;
    }
}
