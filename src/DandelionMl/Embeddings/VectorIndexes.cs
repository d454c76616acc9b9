using System.Collections.Concurrent;
using DandelionMl.Backbones;
using DandelionMl.Data;

namespace DandelionMl.Embeddings;

/// <summary>The indexes of a database that has them, each prepared once by each process.</summary>
/// <remarks>What a process keeps that does not know of them, as it was started before the database had vectors, is found by the next one that
/// is started.</remarks>
internal sealed class VectorIndexes(Database database)
{
    private readonly ConcurrentDictionary<(EmbeddingSpace Space, int Dimensions), VectorIndex> _made = new();
    private readonly ConcurrentDictionary<(EmbeddingSpace Space, int Dimensions), VectorIndex> _complete = new();

    /// <summary>The index, for embeddings that come and go.</summary>
    /// <returns>Null where embeddings of this length can't be indexed.</returns>
    public Task<VectorIndex?> FindAsync(EmbeddingSpace space, int dimensions, CancellationToken cancellationToken) =>
        PrepareAsync(_made, space, dimensions, (index, session) => index.MakeAsync(session), cancellationToken);

    /// <summary>The index with all that is kept, to search in. To look for what it lacks takes a while where there is much, so what only
    /// adds to it does not.</summary>
    /// <returns>Null where embeddings of this length can't be indexed.</returns>
    public Task<VectorIndex?> FindCompleteAsync(EmbeddingSpace space, int dimensions, CancellationToken cancellationToken) =>
        PrepareAsync(
            _complete, space, dimensions,
            async (index, session) => await index.MakeAsync(session).ConfigureAwait(false) || await index.CatchUpAsync(session).ConfigureAwait(false) > 0,
            cancellationToken);

    private async Task<VectorIndex?> PrepareAsync(
        ConcurrentDictionary<(EmbeddingSpace Space, int Dimensions), VectorIndex> prepared,
        EmbeddingSpace space,
        int dimensions,
        Func<VectorIndex, DatabaseSession, Task<bool>> prepare,
        CancellationToken cancellationToken)
    {
        await database.EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        if (database.Vectors is not { } dialect || dimensions > dialect.MaxDimensions)
        {
            return null;
        }

        if (prepared.TryGetValue((space, dimensions), out var index))
        {
            return index;
        }

        index = new VectorIndex(dialect, space, dimensions);
        try
        {
            await database.WriteIdempotentAsync(session => prepare(index, session), cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException exception) when (exception.Failure == DatabaseFailure.ReadOnly)
        {
            // Nothing can be kept there; what can be read is found without an index.
            return null;
        }

        return prepared.GetOrAdd((space, dimensions), index);
    }
}
