using System.Numerics.Tensors;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Embeddings;

/// <summary>An index in the database over the embeddings of one space.</summary>
/// <remarks>A table of its own for each space, since an index needs vectors of one length. It holds directions (vectors of length 1) by the
/// hash of the image; the embeddings themselves stay where they are on every database. A vector of zeros has no direction and is
/// not in it.</remarks>
internal sealed class VectorIndex(VectorDialect dialect, EmbeddingSpace space, int dimensions)
{
    private const int PageSize = 1000;

    // Ids may hold anything, and the name of a table has 63 characters at most.
    private readonly string _table =
        $"nearest_{dimensions}_{ContentHash.Of(System.Text.Encoding.UTF8.GetBytes(space.ToString()))[..16]}";

    /// <summary>Makes table and index of the embeddings that are kept, unless there is the table. An index that somebody dropped, to have it
    /// built anew, is left to them.</summary>
    public async Task<bool> MakeAsync(DatabaseSession session)
    {
        if (await session.ScalarAsync<bool>(dialect.TableExists(_table)).ConfigureAwait(false))
        {
            return false;
        }

        await session.ExecuteAsync(dialect.CreateTable(_table, dimensions)).ConfigureAwait(false);
        await CatchUpAsync(session).ConfigureAwait(false);

        // After the rows: to build the graph at once is faster than to add to it.
        await session.ExecuteAsync(dialect.CreateIndex(_table), parameters: null, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        return true;
    }

    /// <summary>Takes embeddings in, in the transaction that keeps them.</summary>
    public async Task InsertAsync(DatabaseSession session, IEnumerable<KeyValuePair<string, float[]>> embeddings)
    {
        var rows = new SqlRows();
        foreach (var (sha256, vector) in embeddings)
        {
            if (Direction(vector) is { } direction)
            {
                rows.Add(sha256, direction);
            }
        }

        if (!rows.IsEmpty)
        {
            await session.ExecuteAsync(dialect.Insert(_table, rows), rows.Parameters).ConfigureAwait(false);
        }
    }

    /// <summary>Drops embeddings, in the transaction that deletes them.</summary>
    public Task<int> DeleteAsync(DatabaseSession session, SqlRows hashes) =>
        session.ExecuteAsync($"DELETE FROM {_table} WHERE sha256 IN (VALUES {hashes})", hashes.Parameters);

    /// <summary>Whether the index can answer; else there is the exact search.</summary>
    public bool CanFind(ReadOnlySpan<float> vector, int count) => count <= dialect.MaxNeighbours && vector.ContainsAnyExcept(0);

    /// <summary>Reads the embeddings nearest to a vector, in no order. Needs a transaction.</summary>
    public async IAsyncEnumerable<KeptEmbedding> ReadAsync(DatabaseSession session, ReadOnlyMemory<float> vector, int count)
    {
        await session.ExecuteAsync(dialect.PrepareSearch(count)).ConfigureAwait(false);
        var rows = session.StreamAsync(
            $"""
            SELECT embeddings.sha256, embeddings.vector
            FROM ({dialect.SelectNearest(_table)}) AS nearest
                JOIN embeddings ON embeddings.sha256 = nearest.sha256
            WHERE backbone_id = @backbone AND preprocessing_id = @preprocessing
            """,
            [
                ("direction", Direction(vector.Span)), ("count", count), ("backbone", space.BackboneId),
                ("preprocessing", space.PreprocessingId),
            ],
            KeptEmbedding.Read);
        await foreach (var row in rows.ConfigureAwait(false))
        {
            yield return row;
        }
    }

    /// <summary>Takes in the embeddings that were kept by processes that know of no index.</summary>
    /// <returns>How many.</returns>
    public async Task<int> CatchUpAsync(DatabaseSession session)
    {
        var after = "";
        List<KeptEmbedding> page;
        var added = 0;
        do
        {
            page = await session.QueryAsync(
                $"""
                SELECT sha256, vector FROM embeddings
                WHERE backbone_id = @backbone AND preprocessing_id = @preprocessing AND dimensions = @dimensions AND sha256 > @after
                    AND NOT EXISTS (SELECT 1 FROM {_table} WHERE {_table}.sha256 = embeddings.sha256)
                ORDER BY sha256
                LIMIT @limit
                """,
                [
                    ("backbone", space.BackboneId), ("preprocessing", space.PreprocessingId), ("dimensions", dimensions),
                    ("after", after), ("limit", PageSize),
                ],
                KeptEmbedding.Read).ConfigureAwait(false);
            foreach (var batch in page.Chunk(SqlRows.BatchSize))
            {
                await InsertAsync(session, batch.Select(row => KeyValuePair.Create(row.Sha256, VectorBytes.Read(row.Vector).ToArray()))).ConfigureAwait(false);
                after = batch[^1].Sha256;
            }

            added += page.Count;
        }
        while (page.Count == PageSize);
        return added;
    }

    // Computed in double precision: the squares of what a float holds may be more than a float holds.
    private static float[]? Direction(ReadOnlySpan<float> vector)
    {
        var direction = new double[vector.Length];
        TensorPrimitives.ConvertTruncating(vector, direction);
        var length = TensorPrimitives.Norm<double>(direction);
        if (length == 0)
        {
            return null;
        }

        TensorPrimitives.Divide(direction, length, direction);
        return Array.ConvertAll(direction, value => (float)value);
    }
}
