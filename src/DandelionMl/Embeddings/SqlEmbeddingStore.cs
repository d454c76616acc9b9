using System.Numerics.Tensors;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Embeddings;

/// <summary>Embeddings in a table of a relational database; nearest neighbours by the database's index of vectors where it has one, else by
/// an exact search over the space in this process.</summary>
internal sealed class SqlEmbeddingStore : IEmbeddingStore, IEmbeddingReader
{
    private readonly Database _database;
    private readonly VectorIndexes _indexes;
    private readonly BoundedSearch _search;

    /// <param name="database">The database.</param>
    /// <param name="search">Finds the nearest where it has no index of vectors; null for the usual.</param>
    public SqlEmbeddingStore(Database database, BoundedSearch? search = null)
    {
        _database = database;
        _indexes = new VectorIndexes(database);
        _search = search ?? new BoundedSearch(database);
    }

    public Task<IReadOnlyDictionary<string, float[]>> GetAsync(
        EmbeddingSpace space, IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return _database.ReadAsync(session => EmbeddingRows.SelectAsync(session, space, sha256), cancellationToken);
    }

    public Task ReadAsync(EmbeddingSpace space, IReadOnlyCollection<string> sha256, EmbeddingReceiver receive, CancellationToken cancellationToken) =>
        _database.ReadAsync(session => EmbeddingRows.ReadAsync(session, space, sha256, receive), cancellationToken);

    public async Task PutAsync(
        EmbeddingSpace space, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.Count == 0)
        {
            return;
        }

        var dimensions = embeddings.First().Value.Length;
        foreach (var (sha256, vector) in embeddings)
        {
            ContentHash.Check(sha256, nameof(embeddings));
            CheckVector(vector, dimensions, nameof(embeddings));
        }

        // In one order, whoever inserts: of two transactions with the same rows none waits for the other in a circle.
        var ordered = embeddings.OrderBy(embedding => embedding.Key, StringComparer.Ordinal).ToList();
        var index = await _indexes.FindAsync(space, dimensions, cancellationToken).ConfigureAwait(false);
        await _database.WriteIdempotentAsync(session => InsertAsync(session, space, dimensions, ordered, index), cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Neighbour>> FindNearestAsync(
        EmbeddingSpace space, ReadOnlyMemory<float> vector, int count, float minimumSimilarity = -1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        CheckVector(vector.Span, vector.Length, nameof(vector));
        var kept = await _database.ReadAsync(session => EmbeddingRows.SelectDimensionsAsync(session, space), cancellationToken).ConfigureAwait(false);
        if (kept is null)
        {
            return [];
        }

        if (kept != vector.Length)
        {
            throw DimensionMismatch(space, vector.Length, kept.Value, nameof(vector));
        }

        var index = await _indexes.FindCompleteAsync(space, vector.Length, cancellationToken).ConfigureAwait(false);
        return index is not null && index.CanFind(vector.Span, count)
            ? await _database.ReadInTransactionAsync(
                session => RankAsync(index.ReadAsync(session, vector, count), vector, count, minimumSimilarity), cancellationToken).ConfigureAwait(false)
            : await _search.FindNearestAsync(space, vector, count, minimumSimilarity, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        foreach (var batch in sha256.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var hash in batch)
            {
                ContentHash.Check(hash, nameof(sha256));
                rows.Add(hash);
            }

            var indexes = new List<VectorIndex>();
            foreach (var (space, dimensions) in await _database.ReadAsync(session => EmbeddingRows.SelectSpacesAsync(session, rows), cancellationToken).ConfigureAwait(false))
            {
                if (await _indexes.FindAsync(space, dimensions, cancellationToken).ConfigureAwait(false) is { } index)
                {
                    indexes.Add(index);
                }
            }

            await _database.WriteIdempotentAsync(session => DeleteAsync(session, rows, indexes), cancellationToken).ConfigureAwait(false);
        }

        await _search.ForgetAsync(sha256).ConfigureAwait(false);
    }

    /// <summary>Makes the indexes of vectors, where the database has them, and completes them. Else the first process that needs one waits for
    /// it.</summary>
    /// <returns>How many spaces have one.</returns>
    public async Task<int> PrepareIndexesAsync(CancellationToken cancellationToken = default)
    {
        var prepared = 0;
        foreach (var (space, dimensions) in await _database.ReadAsync(EmbeddingRows.SelectSpacesAsync, cancellationToken).ConfigureAwait(false))
        {
            prepared += await _indexes.FindCompleteAsync(space, dimensions, cancellationToken).ConfigureAwait(false) is null ? 0 : 1;
        }

        return prepared;
    }

    public Task<long> CountAsync(EmbeddingSpace space, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => EmbeddingRows.CountAsync(session, space), cancellationToken);

    private async Task<int> InsertAsync(
        DatabaseSession session,
        EmbeddingSpace space,
        int dimensions,
        IEnumerable<KeyValuePair<string, float[]>> embeddings,
        VectorIndex? index)
    {
        var kept = await EmbeddingRows.SelectDimensionsAsync(session, space).ConfigureAwait(false);
        if (kept is not null && kept != dimensions)
        {
            throw DimensionMismatch(space, dimensions, kept.Value, nameof(embeddings));
        }

        var transaction = await session.ScalarAsync<long>(_database.TransactionNumberSql).ConfigureAwait(false);
        var inserted = await EmbeddingRows.InsertAsync(session, space, embeddings, transaction).ConfigureAwait(false);
        foreach (var batch in index is null ? [] : embeddings.Chunk(SqlRows.BatchSize))
        {
            await index!.InsertAsync(session, batch).ConfigureAwait(false);
        }

        return inserted;
    }

    private static async Task<int> DeleteAsync(DatabaseSession session, SqlRows hashes, List<VectorIndex> indexes)
    {
        foreach (var index in indexes)
        {
            await index.DeleteAsync(session, hashes).ConfigureAwait(false);
        }

        await NearDuplicateRows.DeleteAsync(session, hashes).ConfigureAwait(false);
        return await EmbeddingRows.DeleteAsync(session, hashes).ConfigureAwait(false);
    }

    /// <summary>Ranks by similarities computed here, so that the numbers are the same wherever the candidates come from.</summary>
    internal static async Task<IReadOnlyList<Neighbour>> RankAsync(
        IAsyncEnumerable<KeptEmbedding> candidates, ReadOnlyMemory<float> vector, int count, float minimumSimilarity)
    {
        var nearest = new NearestNeighbours(count, minimumSimilarity);
        await foreach (var candidate in candidates.ConfigureAwait(false))
        {
            nearest.Offer(new Neighbour(candidate.Sha256, Similarity(vector.Span, VectorBytes.Read(candidate.Vector))));
        }

        return nearest.ToList();
    }

    // A vector of zeros has no direction: it is similar to nothing.
    internal static float Similarity(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var similarity = TensorPrimitives.CosineSimilarity(left, right);
        return float.IsNaN(similarity) ? 0 : Math.Clamp(similarity, -1, 1);
    }

    internal static void CheckVector(ReadOnlySpan<float> vector, int dimensions, string parameterName)
    {
        if (vector.IsEmpty || vector.Length != dimensions)
        {
            throw new ArgumentException(
                $"Embeddings of {vector.Length} and {dimensions} values: all must have the same length, above 0.", parameterName);
        }

        if (!TensorPrimitives.IsFiniteAll(vector))
        {
            throw new ArgumentException("An embedding holds a value that is infinite or not a number.", parameterName);
        }
    }

    internal static ArgumentException DimensionMismatch(EmbeddingSpace space, int given, int kept, string parameterName) =>
        new($"An embedding of {given} values does not belong to {space}, whose embeddings have {kept}.", parameterName);
}
