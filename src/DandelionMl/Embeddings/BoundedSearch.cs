using System.Collections.Concurrent;
using DandelionMl.Backbones;
using DandelionMl.Data;

namespace DandelionMl.Embeddings;

/// <summary>Finds the embeddings nearest to a vector where the database has no index of vectors. Of each embedding a few values are kept in
/// memory, which bound how similar a vector can be to it (<see cref="LeadingSubspace"/>); those that may be among the nearest are read and
/// compared in full, so that the answer is exact. Thread-safe.</summary>
/// <remarks>The first search in a space reads all of its embeddings; a later one what has come since, whoever kept it. What a process of an
/// older version keeps is found by the next process that is started. Of a space of more than a million embeddings each search reads all, so that
/// a host's memory does not grow with them: there the database had better have an index.</remarks>
/// <param name="database">The database.</param>
/// <param name="most">The most embeddings of a space that are kept in memory.</param>
internal sealed class BoundedSearch(Database database, int most = 1_000_000)
{
    // Compared in full first: the nearest are nearly always among so many of the greatest bounds.
    private const int Promising = 64;

    private readonly ConcurrentDictionary<EmbeddingSpace, EmbeddingBounds> _spaces = new();

    /// <summary>Drops what is kept in memory of some images, as when their photos are erased.</summary>
    /// <param name="sha256">SHA-256 of each image's bytes.</param>
    public async Task ForgetAsync(IReadOnlyCollection<string> sha256)
    {
        foreach (var space in _spaces.Values)
        {
            await space.ForgetAsync(sha256).ConfigureAwait(false);
        }
    }

    /// <summary>Finds the nearest.</summary>
    /// <param name="space">The embedding space.</param>
    /// <param name="vector">The vector, as long as the space's embeddings.</param>
    /// <param name="count">The most to find.</param>
    /// <param name="minimumSimilarity">Those less similar are not found.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<Neighbour>> FindNearestAsync(
        EmbeddingSpace space, ReadOnlyMemory<float> vector, int count, float minimumSimilarity, CancellationToken cancellationToken)
    {
        if (await _spaces.GetOrAdd(space, key => new EmbeddingBounds(database, key, most)).OfAsync(vector, cancellationToken).ConfigureAwait(false) is not { } bounds)
        {
            return await database.ReadAsync(RankAllAsync, cancellationToken).ConfigureAwait(false);
        }

        var nearest = new NearestNeighbours(count, minimumSimilarity);
        var first = bounds.FindGreatest(Promising, minimumSimilarity);
        await CompareAsync(first).ConfigureAwait(false);

        var rest = bounds.FindFrom(Floor(), except: first);
        foreach (var batch in rest.Chunk(SqlRows.BatchSize))
        {
            if (bounds.Values[batch[0]] < Floor())
            {
                break;
            }

            await CompareAsync(batch).ConfigureAwait(false);
        }

        return nearest.ToList();

        float Floor() => nearest.Least - LeadingSubspace.Slack;

        async Task<IReadOnlyList<Neighbour>> RankAllAsync(DatabaseSession session)
        {
            var nearestOfAll = new NearestNeighbours(count, minimumSimilarity);
            await EmbeddingRows.ReadAllAsync(
                session, space, (sha256, embedding) => nearestOfAll.Offer(new Neighbour(sha256, SqlEmbeddingStore.Similarity(vector.Span, embedding)))).ConfigureAwait(false);
            return nearestOfAll.ToList();
        }

        // One that is no longer there was erased.
        async Task CompareAsync(int[] indexes)
        {
            string[] hashes = [.. indexes.Select(index => bounds.Hashes[index])];
            var rows = await database.ReadAsync(session => EmbeddingRows.SelectAsync(session, space, hashes), cancellationToken).ConfigureAwait(false);
            foreach (var (sha256, embedding) in rows)
            {
                nearest.Offer(new Neighbour(sha256, SqlEmbeddingStore.Similarity(vector.Span, embedding)));
            }
        }
    }
}
