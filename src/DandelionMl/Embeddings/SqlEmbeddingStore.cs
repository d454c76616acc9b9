using System.Data.Common;
using System.Numerics.Tensors;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Embeddings;

/// <summary>Embeddings in a table of a relational database; nearest neighbours by the database's index of vectors where it has one, else by
/// an exact search over the space in this process.</summary>
internal sealed class SqlEmbeddingStore : IEmbeddingStore
{
    private const string InSpace = "backbone_id = @backbone AND preprocessing_id = @preprocessing";

    private static readonly string[] Columns = ["backbone_id", "preprocessing_id", "sha256", "dimensions", "vector"];

    private readonly Database _database;
    private readonly VectorIndexes _indexes;

    public SqlEmbeddingStore(Database database)
    {
        _database = database;
        _indexes = new VectorIndexes(database);
    }

    public Task<IReadOnlyDictionary<string, float[]>> GetAsync(
        EmbeddingSpace space, IReadOnlyCollection<string> sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        return _database.ReadAsync(session => SelectAsync(session, space, sha256), cancellationToken);
    }

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
        EmbeddingSpace space, ReadOnlyMemory<float> vector, int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        CheckVector(vector.Span, vector.Length, nameof(vector));
        var kept = await _database.ReadAsync(session => ReadDimensionsAsync(session, space), cancellationToken).ConfigureAwait(false);
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
            ? await _database.ReadInTransactionAsync(session => RankAsync(index.ReadAsync(session, vector, count), vector, count), cancellationToken).ConfigureAwait(false)
            : await _database.ReadAsync(session => RankAsync(ReadSpace(session, space, cancellationToken), vector, count), cancellationToken).ConfigureAwait(false);
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
            foreach (var (space, dimensions) in await _database.ReadAsync(session => ListSpacesAsync(session, rows), cancellationToken).ConfigureAwait(false))
            {
                if (await _indexes.FindAsync(space, dimensions, cancellationToken).ConfigureAwait(false) is { } index)
                {
                    indexes.Add(index);
                }
            }

            await _database.WriteIdempotentAsync(session => DeleteAsync(session, rows, indexes), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the indexes of vectors, where the database has them, and completes them. Else the first process that needs one waits for
    /// it.</summary>
    /// <returns>How many spaces have one.</returns>
    public async Task<int> PrepareIndexesAsync(CancellationToken cancellationToken = default)
    {
        var prepared = 0;
        foreach (var (space, dimensions) in await _database.ReadAsync(ListSpacesAsync, cancellationToken).ConfigureAwait(false))
        {
            prepared += await _indexes.FindCompleteAsync(space, dimensions, cancellationToken).ConfigureAwait(false) is null ? 0 : 1;
        }

        return prepared;
    }

    public Task<long> CountAsync(EmbeddingSpace space, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(
            session => session.ScalarAsync<long>($"SELECT COUNT(*) FROM embeddings WHERE {InSpace}", Parameters(space)),
            cancellationToken);

    private static async Task<IReadOnlyDictionary<string, float[]>> SelectAsync(
        DatabaseSession session, EmbeddingSpace space, IReadOnlyCollection<string> sha256)
    {
        var found = new Dictionary<string, float[]>(sha256.Count, StringComparer.Ordinal);
        foreach (var batch in sha256.Chunk(SqlRows.BatchSize))
        {
            var keys = new SqlRows().With("backbone", space.BackboneId).With("preprocessing", space.PreprocessingId);
            foreach (var key in batch)
            {
                keys.Add(key);
            }

            var rows = session.StreamAsync(
                $"SELECT sha256, vector FROM embeddings WHERE {InSpace} AND sha256 IN (VALUES {keys})",
                keys.Parameters,
                KeptEmbedding.Read);
            await foreach (var row in rows.ConfigureAwait(false))
            {
                found[row.Sha256] = VectorBytes.Read(row.Vector).ToArray();
            }
        }

        return found;
    }

    private static async Task<int> InsertAsync(
        DatabaseSession session,
        EmbeddingSpace space,
        int dimensions,
        IEnumerable<KeyValuePair<string, float[]>> embeddings,
        VectorIndex? index)
    {
        var kept = await ReadDimensionsAsync(session, space).ConfigureAwait(false);
        if (kept is not null && kept != dimensions)
        {
            throw DimensionMismatch(space, dimensions, kept.Value, nameof(embeddings));
        }

        var inserted = await session.InsertNewAsync(
            "embeddings",
            Columns,
            [.. embeddings.Select(embedding => new object?[]
                { space.BackboneId, space.PreprocessingId, embedding.Key, dimensions, VectorBytes.Write(embedding.Value) })]).ConfigureAwait(false);
        foreach (var batch in index is null ? [] : embeddings.Chunk(SqlRows.BatchSize))
        {
            await index!.InsertAsync(session, batch).ConfigureAwait(false);
        }

        return inserted;
    }

    private static Task<List<(EmbeddingSpace Space, int Dimensions)>> ListSpacesAsync(DatabaseSession session, SqlRows hashes) =>
        session.QueryAsync(
            $"SELECT DISTINCT backbone_id, preprocessing_id, dimensions FROM embeddings WHERE sha256 IN (VALUES {hashes})",
            hashes.Parameters,
            ReadSpace);

    private static Task<List<(EmbeddingSpace Space, int Dimensions)>> ListSpacesAsync(DatabaseSession session) =>
        session.QueryAsync("SELECT DISTINCT backbone_id, preprocessing_id, dimensions FROM embeddings", null, ReadSpace);

    private static (EmbeddingSpace Space, int Dimensions) ReadSpace(DbDataReader row) =>
        (new EmbeddingSpace(row.GetFieldValue<string>(0), row.GetFieldValue<string>(1)), row.GetFieldValue<int>(2));

    private static async Task<int> DeleteAsync(DatabaseSession session, SqlRows hashes, List<VectorIndex> indexes)
    {
        foreach (var index in indexes)
        {
            await index.DeleteAsync(session, hashes).ConfigureAwait(false);
        }

        await NearDuplicateRows.DeleteAsync(session, hashes).ConfigureAwait(false);
        return await session.ExecuteAsync($"DELETE FROM embeddings WHERE sha256 IN (VALUES {hashes})", hashes.Parameters).ConfigureAwait(false);
    }

    private static Task<int?> ReadDimensionsAsync(DatabaseSession session, EmbeddingSpace space) =>
        session.ScalarAsync<int?>($"SELECT dimensions FROM embeddings WHERE {InSpace} LIMIT 1", Parameters(space));

    private static IAsyncEnumerable<KeptEmbedding> ReadSpace(DatabaseSession session, EmbeddingSpace space, CancellationToken cancellationToken) =>
        session.StreamAsync(
            $"SELECT sha256, vector FROM embeddings WHERE {InSpace}", Parameters(space), KeptEmbedding.Read, cancellationToken);

    /// <summary>Ranks by similarities computed here, so that the numbers are the same wherever the candidates come from.</summary>
    private static async Task<IReadOnlyList<Neighbour>> RankAsync(
        IAsyncEnumerable<KeptEmbedding> candidates, ReadOnlyMemory<float> vector, int count)
    {
        var nearest = new NearestNeighbours(count);
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

    private static SqlParameters Parameters(EmbeddingSpace space) =>
        [("backbone", space.BackboneId), ("preprocessing", space.PreprocessingId)];
}

/// <summary>A row of the table.</summary>
internal readonly record struct KeptEmbedding(string Sha256, byte[] Vector)
{
    /// <summary>Reads a row whose columns are hash and vector.</summary>
    public static KeptEmbedding Read(DbDataReader row) => new(row.GetFieldValue<string>(0), row.GetFieldValue<byte[]>(1));
}
