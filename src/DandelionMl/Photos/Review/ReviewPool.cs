using DandelionMl.Catalog;
using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Registry;

namespace DandelionMl.Photos;

/// <summary>Gathers what the next photos to review are chosen from.</summary>
internal sealed class ReviewPool(Database database, IEmbeddingStore embeddings, IShadow? shadow)
{
    // Photos looked at closely: the least certain ones, and enough of the others to draw from at random.
    private const int MostClosely = 400;
    private const int AtRandom = 50;
    private const int JustSeen = 30;

    // With as many photos that have a label, typical ones come first no more, however many classes there are.
    private const int MostLabelled = 1_000;

    private const string Uncertain = "u.margin, p.id";
    private const string Random = "substr(p.sha256, 17, 16)";

    // Those that tell whether the shadow is better than the champion.
    private const string Contested =
        """
        u.shadow_version = @shadow AND u.shadow_label <> u.predicted_label
        AND u.model_version = (SELECT version FROM model_versions WHERE state = @champion)
        """;

    /// <summary>Orders the photos that a reviewer may have, the one worth most first.</summary>
    public async Task<List<ChosenCandidate>> ChooseAsync(
        string reviewer, int count, double randomShare, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (free, contested, seen, slots, labelled) = await database.ReadAsync(
            session => ReadAsync(session, reviewer, shadow?.Version, now), cancellationToken).ConfigureAwait(false);
        if (free.Count == 0)
        {
            return [];
        }

        // After a switch of backbones photos of two spaces may wait; distances are of the one that most of them are in.
        var space = free.CountBy(photo => photo.Upload!.Space).MaxBy(item => item.Value).Key;
        var hashes = free.Concat(seen).Where(photo => photo.Upload!.Space == space).Select(photo => photo.Image.Content!.Sha256)
            .Concat(labelled ?? []);
        var known = await embeddings.GetAsync(space, [.. hashes.Distinct(StringComparer.Ordinal)], cancellationToken).ConfigureAwait(false);
        var directions = known.ToDictionary(item => item.Key, item => Direction.Of(item.Value), StringComparer.Ordinal);
        return ReviewSelection.Choose(
            [.. free.Select(photo => new ReviewCandidate(
                photo.Image.Id, photo.Image.Content!.Sha256, photo.Upload!.Margin, directions.GetValueOrDefault(photo.Image.Content.Sha256),
                contested.Contains(photo.Image.Id)))],
            [.. seen.Select(photo => directions.GetValueOrDefault(photo.Image.Content!.Sha256)).OfType<float[]>()],
            count,
            slots,
            randomShare,
            labelled?.Select(hash => directions.GetValueOrDefault(hash)).OfType<float[]>().ToList());
    }

    /// <summary>Reads what is chosen from. <c>Labelled</c> are the hashes of all photos with a label where they are few, else
    /// null; <c>Contested</c> are those of the free ones to which the shadow gave another class.</summary>
    private static async Task<(List<Photo> Free, HashSet<long> Contested, List<Photo> Seen, long Slots, List<string>? Labelled)> ReadAsync(
        DatabaseSession session, string reviewer, int? shadow, DateTimeOffset now)
    {
        SqlParameters parameters = [("reviewer", reviewer), ("now", now), ("pending", ImageStateText.Pending)];
        var labelled = await ReadLabelledAsync(session).ConfigureAwait(false);
        var free = new Dictionary<long, Photo>();

        // What is typical of all is not told from the uncertain ones, but from a sample.
        string[] orders = labelled is null
            ? [$"{Uncertain} LIMIT {MostClosely}", $"{Random} LIMIT {AtRandom}"]
            : [$"{Random} LIMIT {MostClosely}"];
        foreach (var order in orders)
        {
            foreach (var photo in await PhotoRows.QueryAsync(session, PhotoRows.Uploads, $"WHERE {ReviewRows.FreeFor} ORDER BY {order}", parameters).ConfigureAwait(false))
            {
                free[photo.Image.Id] = photo;
            }
        }

        var contested = shadow is null ? [] : await PhotoRows.QueryAsync(
            session,
            PhotoRows.Uploads,
            $"WHERE {ReviewRows.FreeFor} AND {Contested} ORDER BY {Uncertain} LIMIT {MostClosely}",
            [.. parameters, ("shadow", (long)shadow), ("champion", ModelStateText.Champion)]).ConfigureAwait(false);
        foreach (var photo in contested)
        {
            free[photo.Image.Id] = photo;
        }

        // Those in other reviewers' hands, and those decided last.
        var seen = await PhotoRows.QueryAsync(
            session,
            PhotoRows.Uploads,
            "WHERE u.decision IS NULL AND u.leased_until > @now AND u.leased_by <> @reviewer",
            parameters).ConfigureAwait(false);
        seen.AddRange(await PhotoRows.QueryAsync(
            session, PhotoRows.Uploads, $"WHERE u.decision IS NOT NULL ORDER BY u.decided_at DESC LIMIT {JustSeen}", parameters).ConfigureAwait(false));
        var slots = await session.ScalarAsync<long>(
            "SELECT COUNT(*) FROM uploads WHERE decision IS NOT NULL OR leased_until > @now", parameters).ConfigureAwait(false);
        return ([.. free.Values], [.. contested.Select(photo => photo.Image.Id)], seen, slots, labelled);
    }

    private static async Task<List<string>?> ReadLabelledAsync(DatabaseSession session)
    {
        var photos = await session.QueryAsync(
            "SELECT sha256, label FROM plants_data WHERE state IN (@stored, @validated) LIMIT @most",
            [("stored", ImageStateText.Stored), ("validated", ImageStateText.Validated), ("most", MostLabelled)],
            static row => (Sha256: row.GetFieldValue<string>(0), Label: row.GetFieldValue<string>(1))).ConfigureAwait(false);
        return photos.Count < MostLabelled && ReviewSelection.AreFew(photos.Count, photos.DistinctBy(photo => photo.Label).Count())
            ? photos.ConvertAll(photo => photo.Sha256)
            : null;
    }
}
