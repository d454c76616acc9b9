using System.Collections.Concurrent;
using DandelionMl.Backbones;
using DandelionMl.Data;

namespace DandelionMl.Embeddings;

/// <summary>The indexes of a database that has them, each prepared once by each process.</summary>
/// <remarks>What a process keeps that does not know of them, as it was started before the database had vectors, is found by the next one that
/// is started.</remarks>
internal sealed class VectorIndexes(Database database)
{
    private readonly ConcurrentDictionary<(EmbeddingSpace Space, int Dimensions), VectorIndex> _prepared = new();

    /// <returns>Null where embeddings of this length can't be indexed.</returns>
    public async Task<VectorIndex?> FindAsync(EmbeddingSpace space, int dimensions, CancellationToken cancellationToken)
    {
        await database.EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        if (database.Vectors is not { } dialect || dimensions > dialect.MaxDimensions)
        {
            return null;
        }

        if (_prepared.TryGetValue((space, dimensions), out var index))
        {
            return index;
        }

        index = new VectorIndex(dialect, space, dimensions);
        try
        {
            await database.WriteIdempotentAsync(index.PrepareAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException exception) when (exception.Failure == DatabaseFailure.ReadOnly)
        {
            // Nothing can be kept there; what can be read is found without an index.
            return null;
        }

        return _prepared.GetOrAdd((space, dimensions), index);
    }
}
