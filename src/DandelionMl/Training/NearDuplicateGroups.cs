using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Embeddings;

namespace DandelionMl.Training;

/// <summary>The groups of near-duplicates, as they are kept: the leader of a photo's group is looked for once, among the leaders there are by
/// then. Thread-safe; several processes may share one database.</summary>
/// <remarks>A group stays together, and on its side of the split, whatever becomes of its leader: if that photo is withdrawn or erased, its
/// hash goes on naming the group, and new photos are compared with the photo that has led it or, where its embedding is gone, with the first
/// that is left.</remarks>
internal sealed class NearDuplicateGroups(Database database, IEmbeddingStore embeddings)
{
    /// <summary>Finds the leader of each image's group.</summary>
    /// <param name="backbone">What the images were embedded by.</param>
    /// <param name="images">The images, in the order they joined the catalog.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>SHA-256 of the leaders, in the same order.</returns>
    public async Task<string[]> FindLeadersAsync(
        BackboneInfo backbone, IReadOnlyList<LabelledEmbedding> images, CancellationToken cancellationToken)
    {
        var (space, threshold) = (backbone.Space, backbone.DuplicateThreshold);
        var kept = await SelectAsync().ConfigureAwait(false);
        List<LabelledEmbedding> open = [.. images.Where(image => !kept.ContainsKey(image.Sha256))];
        if (open.Count > 0)
        {
            var leading = await FindLeadingAsync(space, images, kept, cancellationToken).ConfigureAwait(false);
            var found = await Task.Run(() => FindAmong(leading, open, threshold, cancellationToken), cancellationToken).ConfigureAwait(false);
            await database.WriteIdempotentAsync(
                session => NearDuplicateRows.InsertAsync(session, space, threshold, found), cancellationToken).ConfigureAwait(false);

            // Another process may have found some of them first.
            kept = await SelectAsync().ConfigureAwait(false);
        }

        return [.. images.Select(image => kept[image.Sha256])];

        Task<Dictionary<string, string>> SelectAsync() =>
            database.ReadAsync(session => NearDuplicateRows.SelectAsync(session, space, threshold), cancellationToken);
    }

    /// <summary>An embedding for each group that is kept, the earliest first.</summary>
    private async Task<List<Leading>> FindLeadingAsync(
        EmbeddingSpace space, IReadOnlyList<LabelledEmbedding> images, Dictionary<string, string> kept, CancellationToken cancellationToken)
    {
        var own = images.DistinctBy(image => image.Sha256).ToDictionary(image => image.Sha256, image => image.Embedding, StringComparer.Ordinal);
        var elsewhere = await embeddings.GetAsync(
            space, [.. kept.Values.Where(leader => !own.ContainsKey(leader)).Distinct(StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
        var known = images.Where(image => kept.ContainsKey(image.Sha256)).ToLookup(image => kept[image.Sha256], image => image.Embedding, StringComparer.Ordinal);
        return
        [
            .. elsewhere.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => new Leading(item.Key, item.Value)),
            .. known.Where(group => !elsewhere.ContainsKey(group.Key))
                .Select(group => new Leading(group.Key, own.TryGetValue(group.Key, out var embedding) ? embedding : group.First())),
        ];
    }

    private static IEnumerable<KeyValuePair<string, string>> FindAmong(
        List<Leading> leading, List<LabelledEmbedding> open, float threshold, CancellationToken cancellationToken)
    {
        var leaders = NearDuplicates.FindLeaders(
            [.. leading.Select(item => item.Embedding), .. open.Select(image => image.Embedding)], threshold, known: leading.Count, cancellationToken);
        string[] hashes = [.. leading.Select(item => item.Sha256), .. open.Select(image => image.Sha256)];
        return open.Select((image, index) => KeyValuePair.Create(image.Sha256, hashes[leaders[leading.Count + index]]));
    }

    private readonly record struct Leading(string Sha256, ReadOnlyMemory<float> Embedding);
}
