using System.Runtime.CompilerServices;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Data;

namespace DandelionMl.Embeddings;

/// <summary>Embeds the photos of one share that are not embedded yet, so that many machines do together what one would. It can be cut off at any
/// time and run again; memory does not grow with the photos.</summary>
internal sealed class ShardEmbedder(
    Database database, BackboneSelection selection, GoldenEmbedding golden, ImageEmbedder embedder)
{
    private const int PageSize = 256;

    // The state stands in the text, so that the index of all hashes but duplicates' serves.
    private const string Missing =
        $"""
        plants_data
        WHERE state = '{ImageStateText.Stored}' AND sha256 > @after AND sha256 >= @from AND sha256 < @to
            AND NOT EXISTS (
                SELECT 1 FROM embeddings e
                WHERE e.backbone_id = @backbone AND e.preprocessing_id = @preprocessing AND e.sha256 = plants_data.sha256)
        """;

    /// <summary>Embeds what is missing.</summary>
    /// <param name="shard">The share.</param>
    /// <param name="progress">Receives the number of photos done, of those that were missing at first.</param>
    /// <param name="cancellationToken">Cancels between batches; what was embedded is kept.</param>
    /// <exception cref="BackboneUnavailableException">The backbone can't be loaded, or it gives other embeddings on this machine than where
    /// it was first used.</exception>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<ShardReport> EmbedAsync(HashShard shard, IProgress<ItemProgress>? progress, CancellationToken cancellationToken)
    {
        var backbone = await selection.SelectAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await CheckAsync(backbone, cancellationToken).ConfigureAwait(false);
        var missing = await CountMissingAsync(backbone.Info.Space, shard, cancellationToken).ConfigureAwait(false);
        var (passed, embedded, unreadable) = (0, 0, new List<UnreadableImage>());
        var kept = embedder.EmbedAsync(
            backbone, ListMissingAsync(backbone.Info.Space, shard, cancellationToken),
            count => progress?.Report(new ItemProgress(passed += count, missing)), cancellationToken);
        await foreach (var group in kept.ConfigureAwait(false))
        {
            embedded += group.Embeddings.Count;
            unreadable.AddRange(group.Unreadable);
        }

        return new ShardReport(backbone.Info.Space, embedded, unreadable);
    }

    /// <summary>Machines of many kinds work together here: one that answers otherwise would spoil what the others did.</summary>
    private async Task CheckAsync(IBackbone backbone, CancellationToken cancellationToken)
    {
        var embedding = await Task.Run(() => GoldenEmbedding.Embed(backbone, cancellationToken), cancellationToken).ConfigureAwait(false);
        var similarity = await golden.CompareAsync(backbone.Info, embedding, cancellationToken).ConfigureAwait(false);
        if (similarity < GoldenEmbedding.LeastSimilarity)
        {
            throw new BackboneUnavailableException(GoldenEmbedding.Explain(backbone.Info, similarity));
        }
    }

    private async Task<int> CountMissingAsync(EmbeddingSpace space, HashShard shard, CancellationToken cancellationToken) =>
        checked((int)await database.ReadAsync(
            session => session.ScalarAsync<long>($"SELECT COUNT(*) FROM {Missing}", Parameters(space, shard, after: "")), cancellationToken).ConfigureAwait(false));

    private async IAsyncEnumerable<CatalogImage> ListMissingAsync(
        EmbeddingSpace space, HashShard shard, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = "";
        List<CatalogImage> page;
        do
        {
            page = await database.ReadAsync(
                session => session.QueryAsync(
                    $"SELECT {ImageRows.Columns} FROM {Missing} ORDER BY sha256 LIMIT @limit", Parameters(space, shard, after), ImageRows.Read),
                cancellationToken).ConfigureAwait(false);
            foreach (var image in page)
            {
                yield return image;
            }

            // What can't be read stays missing: on with what comes after it.
            after = page.Count == 0 ? after : page[^1].Content!.Sha256;
        }
        while (page.Count == PageSize);
    }

    private static SqlParameters Parameters(EmbeddingSpace space, HashShard shard, string after) =>
    [
        ("after", after),
        ("from", shard.From),
        ("to", shard.To),
        ("backbone", space.BackboneId),
        ("preprocessing", space.PreprocessingId),
        ("limit", PageSize),
    ];
}

/// <summary>What embedding a share gave.</summary>
/// <param name="Space">The embeddings' space.</param>
/// <param name="Embedded">Photos embedded now.</param>
/// <param name="Unreadable">Photos whose bytes are lost or damaged, or can't be decoded.</param>
internal sealed record ShardReport(EmbeddingSpace Space, int Embedded, IReadOnlyList<UnreadableImage> Unreadable);
