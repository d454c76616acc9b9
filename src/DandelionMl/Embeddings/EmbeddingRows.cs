using System.Data.Common;
using DandelionMl.Backbones;
using DandelionMl.Data;

namespace DandelionMl.Embeddings;

/// <summary>The rows of <c>embeddings</c>.</summary>
internal static class EmbeddingRows
{
    private const string InSpace = "backbone_id = @backbone AND preprocessing_id = @preprocessing";

    private static readonly string[] Columns = ["backbone_id", "preprocessing_id", "sha256", "dimensions", "vector", "added"];

    /// <summary>Reads the embeddings of some images.</summary>
    /// <returns>How many are kept.</returns>
    public static async Task<int> ReadAsync(DatabaseSession session, EmbeddingSpace space, IReadOnlyCollection<string> sha256, EmbeddingReceiver receive)
    {
        var kept = 0;
        foreach (var batch in sha256.Chunk(SqlRows.BatchSize))
        {
            var keys = new SqlRows().With("backbone", space.BackboneId).With("preprocessing", space.PreprocessingId);
            foreach (var key in batch)
            {
                keys.Add(key);
            }

            kept += await session.ForEachAsync(
                $"SELECT sha256, vector FROM embeddings WHERE {InSpace} AND sha256 IN (VALUES {keys})", keys.Parameters,
                row => Receive(row, receive)).ConfigureAwait(false);
        }

        return kept;
    }

    /// <summary>The embeddings of some images, by SHA-256.</summary>
    public static async Task<IReadOnlyDictionary<string, float[]>> SelectAsync(
        DatabaseSession session, EmbeddingSpace space, IReadOnlyCollection<string> sha256)
    {
        var found = new Dictionary<string, float[]>(sha256.Count, StringComparer.Ordinal);
        await ReadAsync(session, space, sha256, (hash, embedding) => found[hash] = embedding.ToArray()).ConfigureAwait(false);
        return found;
    }

    /// <summary>Reads all of a space, in no order.</summary>
    public static Task ReadAllAsync(DatabaseSession session, EmbeddingSpace space, EmbeddingReceiver receive) => session.ForEachAsync(
        $"SELECT sha256, vector FROM embeddings WHERE {InSpace}", Parameters(space), row => Receive(row, receive));

    /// <summary>Some of a space, drawn by their hashes, which have nothing to do with what is on the photos.</summary>
    public static Task<List<float[]>> SampleAsync(DatabaseSession session, EmbeddingSpace space, int count) => session.QueryAsync(
        $"SELECT vector FROM embeddings WHERE {InSpace} ORDER BY sha256 LIMIT @count",
        [.. Parameters(space), ("count", count)],
        static row => VectorBytes.Read(row.GetFieldValue<byte[]>(0)).ToArray());

    /// <summary>SHA-256 of those that were added by transactions from a number on.</summary>
    public static Task<List<string>> SelectAddedAsync(DatabaseSession session, EmbeddingSpace space, long since) => session.QueryAsync(
        $"SELECT sha256 FROM embeddings WHERE {InSpace} AND added >= @since", [.. Parameters(space), ("since", since)], static row => row.GetFieldValue<string>(0));

    /// <summary>Adds embeddings; one that is kept stays as it is.</summary>
    /// <param name="session">A write transaction.</param>
    /// <param name="space">The embedding space.</param>
    /// <param name="embeddings">The embeddings by SHA-256.</param>
    /// <param name="transaction">The transaction's number.</param>
    /// <returns>How many were not kept before.</returns>
    public static Task<int> InsertAsync(
        DatabaseSession session, EmbeddingSpace space, IEnumerable<KeyValuePair<string, float[]>> embeddings, long transaction) =>
        session.InsertNewAsync(
            "embeddings",
            Columns,
            [.. embeddings.Select(embedding => new object?[]
            {
                space.BackboneId, space.PreprocessingId, embedding.Key, embedding.Value.Length, VectorBytes.Write(embedding.Value), transaction,
            })]);

    /// <summary>The length of a space's embeddings; null if there are none.</summary>
    public static Task<int?> SelectDimensionsAsync(DatabaseSession session, EmbeddingSpace space) =>
        session.ScalarAsync<int?>($"SELECT dimensions FROM embeddings WHERE {InSpace} LIMIT 1", Parameters(space));

    /// <summary>The spaces that some images have embeddings in.</summary>
    public static Task<List<(EmbeddingSpace Space, int Dimensions)>> SelectSpacesAsync(DatabaseSession session, SqlRows hashes) =>
        session.QueryAsync(
            $"SELECT DISTINCT backbone_id, preprocessing_id, dimensions FROM embeddings WHERE sha256 IN (VALUES {hashes})", hashes.Parameters, ReadSpace);

    /// <summary>All spaces.</summary>
    public static Task<List<(EmbeddingSpace Space, int Dimensions)>> SelectSpacesAsync(DatabaseSession session) =>
        session.QueryAsync("SELECT DISTINCT backbone_id, preprocessing_id, dimensions FROM embeddings", null, ReadSpace);

    public static Task<long> CountAsync(DatabaseSession session, EmbeddingSpace space) =>
        session.ScalarAsync<long>($"SELECT COUNT(*) FROM embeddings WHERE {InSpace}", Parameters(space));

    /// <summary>Deletes the embeddings of images, in all spaces.</summary>
    public static Task<int> DeleteAsync(DatabaseSession session, SqlRows hashes) =>
        session.ExecuteAsync($"DELETE FROM embeddings WHERE sha256 IN (VALUES {hashes})", hashes.Parameters);

    private static void Receive(DbDataReader row, EmbeddingReceiver receive) =>
        receive(row.GetFieldValue<string>(0), VectorBytes.Read(row.ReadBytes(1)));

    private static SqlParameters Parameters(EmbeddingSpace space) =>
        [("backbone", space.BackboneId), ("preprocessing", space.PreprocessingId)];

    private static (EmbeddingSpace Space, int Dimensions) ReadSpace(DbDataReader row) =>
        (new EmbeddingSpace(row.GetFieldValue<string>(0), row.GetFieldValue<string>(1)), row.GetFieldValue<int>(2));
}

/// <summary>A row of the table.</summary>
internal readonly record struct KeptEmbedding(string Sha256, byte[] Vector)
{
    /// <summary>Reads a row whose columns are hash and vector.</summary>
    public static KeptEmbedding Read(DbDataReader row) => new(row.GetFieldValue<string>(0), row.GetFieldValue<byte[]>(1));
}
