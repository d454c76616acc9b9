using System.Security.Cryptography;
using System.Text;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Training;
using DandelionMl.Training.WrongLabels;

namespace DandelionMl.Photos;

/// <summary>Lists the photos of the training set whose labels are likely wrong. Only kept embeddings are read, and only a person changes a
/// label. Thread-safe.</summary>
/// <remarks>Test photos are judged as training photos are, by heads that did not see them: a wrong label there misleads the gate. What was
/// found is kept in memory until a label, a photo or an embedding comes or goes.</remarks>
internal sealed class LabelCheck(
    Database database,
    IImageCatalog catalog,
    BackboneSelection backbones,
    IEmbeddingStore embeddings,
    NearDuplicateGroups groups,
    TrainingOptions options,
    PhotoTelemetry telemetry)
{
    /// <summary>The most photos that are listed.</summary>
    public const int MostListed = 1_000;

    // Beyond those that are listed, as labels that somebody kept are left out.
    private const int MostRanked = 10_000;

    private readonly Lock _lock = new();
    private (string Key, Task<LabelRanking> Ranking)? _last;
    private int _lastFlagged = -1;

    /// <summary>How many labels the last check in this process found to be likely wrong, less those that a person kept; null before the
    /// first.</summary>
    public int? LastFlagged => Volatile.Read(ref _lastFlagged) is >= 0 and var flagged ? flagged : null;

    /// <summary>Checks the labels.</summary>
    /// <param name="count">The most photos to list, 0 to <see cref="MostListed"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="BackboneUnavailableException">The backbone that made the embeddings can't be loaded.</exception>
    /// <exception cref="DandelionMlException">An embedding holds a value that is no finite number.</exception>
    public async Task<LabelCheckReport> RunAsync(int count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostListed);
        var stored = await catalog.ListAsync(ImageState.Stored, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        if (stored.Count == 0)
        {
            return LabelCheckReport.Nothing(LabelCheckObstacle.NoPhotos, missing: 0);
        }

        if (await backbones.GetRecordedAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            return LabelCheckReport.Nothing(LabelCheckObstacle.NoEmbeddings, stored.Count);
        }

        var backbone = await backbones.SelectAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var ranking = await RankOnceAsync(backbone.Info, stored, cancellationToken).ConfigureAwait(false);
        var kept = (await database.ReadAsync(PhotoHistory.ListKeptAsync, cancellationToken).ConfigureAwait(false)).ToHashSet();
        var open = ranking.Doubted.Where(doubted => !kept.Contains(doubted.ImageId)).ToList();
        var flagged = open.Count(doubted => doubted.IsFlagged);
        Volatile.Write(ref _lastFlagged, flagged);
        telemetry.Doubt(flagged);
        return new LabelCheckReport(
            [.. open.Take(count)], ranking.Checked, flagged, ranking.Doubted.Count - open.Count,
            ranking.Missing, ranking.Alone, ranking.Obstacle);
    }

    /// <summary>The ranking, or that of an earlier call on the same photos, labels and embeddings; several calls at a time wait for
    /// one.</summary>
    private async Task<LabelRanking> RankOnceAsync(BackboneInfo backbone, List<CatalogImage> stored, CancellationToken cancellationToken)
    {
        var kept = await embeddings.CountAsync(backbone.Space, cancellationToken).ConfigureAwait(false);
        var key = KeyOf(stored, $"{backbone.Space} {kept}");
        Task<LabelRanking> ranking;
        lock (_lock)
        {
            if (_last is not { } last || last.Key != key || last.Ranking.IsFaulted)
            {
                // Not cancelled with the call that came first, as others may wait for it.
                _last = last = (key, Task.Run(() => RankAsync(backbone, stored, CancellationToken.None), CancellationToken.None));
            }

            ranking = last.Ranking;
        }

        return await ranking.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<LabelRanking> RankAsync(BackboneInfo backbone, List<CatalogImage> stored, CancellationToken cancellationToken)
    {
        var known = (await embeddings.ReadAsync(
            backbone.Space, [.. stored.Select(image => image.Content!.Sha256)], cancellationToken).ConfigureAwait(false)).Rows;
        var images = stored.Where(image => known.ContainsKey(image.Content!.Sha256))
            .Select(image => new LabelledEmbedding(image.Content!.Sha256, image.Label, known[image.Content.Sha256])).ToList();
        var (missing, embedded) = (stored.Count - images.Count, images.Count);
        ClassSelection.RemoveSingles(images);
        string[] labels = [.. images.Select(image => image.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (labels.Length < 2)
        {
            return LabelRanking.Nothing(embedded == 0 ? LabelCheckObstacle.NoEmbeddings : LabelCheckObstacle.OneClass, missing);
        }

        HeadFit.Check(images);
        var leaders = await groups.FindLeadersAsync(backbone, images, cancellationToken).ConfigureAwait(false);
        var sides = HoldoutSplit.Split(images, leaders, options.TestFraction);
        var sided = images.Select((image, index) => (Image: image with { Leader = leaders[index] }, Side: sides[index]))
            .OrderBy(item => item.Image.Sha256, StringComparer.Ordinal).ToList();
        var probabilities = HeldOutProbabilities.Of(
            sided.ConvertAll(item => item.Image), labels, options.BalanceClasses, cancellationToken);
        if (probabilities is null)
        {
            return LabelRanking.Nothing(LabelCheckObstacle.EmbeddingsAlike, missing);
        }

        var ranked = ConfidentLearning.Rank(probabilities, sided.ConvertAll(item => labels.AsSpan().IndexOf(item.Image.Label)));
        var rows = stored.ToDictionary(image => image.Content!.Sha256, StringComparer.Ordinal);
        var doubted = ranked.Take(MostRanked).Select(doubt =>
        {
            var (image, side) = sided[doubt.Photo];
            var row = rows[image.Sha256];
            return new DoubtedPhoto(
                row.Id, image.Sha256, row.UrlSource, image.Label, labels[doubt.Likely], doubt.GivenProbability, doubt.LikelyProbability,
                doubt.Margin, doubt.IsFlagged, side);
        });
        return new LabelRanking([.. doubted], ranked.Count, missing, embedded - ranked.Count, Obstacle: null);
    }

    private static string KeyOf(List<CatalogImage> stored, string of)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(of));
        foreach (var image in stored)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{image.Content!.Sha256}\t{image.Label}"));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private sealed record LabelRanking(List<DoubtedPhoto> Doubted, int Checked, int Missing, int Alone, LabelCheckObstacle? Obstacle)
    {
        public static LabelRanking Nothing(LabelCheckObstacle obstacle, int missing) => new([], 0, missing, 0, obstacle);
    }
}
