using DandelionMl.Data;

namespace DandelionMl.Catalog.Transitions;

/// <summary>Writes <c>plants_data</c>: together with <see cref="StoredRows"/>, which marks many rows at once, every statement that does.
/// Each makes one <see cref="ImageTransition"/>, and only from the state that it starts from.</summary>
internal static class ImageWriter
{
    private const string UploadSql =
        """
        INSERT INTO plants_data (url_source, label, state, storage_key, url_s3, sha256, size_bytes, created_at, updated_at)
        VALUES (@source, @label, @to, @key, @url, @sha256, @size, @now, @now)
        ON CONFLICT DO NOTHING
        RETURNING id
        """;

    // The state and the label are those that were looked at before: of two changes at one time, one finds them changed.
    private const string ChangeSql =
        """
        UPDATE plants_data SET state = @to, label = @label, updated_at = @now
        WHERE id = @id AND state = @from AND label = @fromLabel
        """;

    private const string ReplaceSql =
        """
        UPDATE plants_data SET state = @to, storage_key = @key, url_s3 = @url, sha256 = @sha256, size_bytes = @size, updated_at = @now
        WHERE id = @id AND state = @from
        """;

    private const string LoseSql =
        """
        UPDATE plants_data
        SET state = @to, storage_key = NULL, url_s3 = NULL, sha256 = NULL, size_bytes = NULL, updated_at = @now
        WHERE id = @id AND state = @from
        """;

    private const string ForgetSql = "DELETE FROM plants_data WHERE id = @id AND state = @from";

    // The hash stays, so that no row takes the same bytes again.
    private const string EraseSql =
        """
        UPDATE plants_data SET state = @to, storage_key = NULL, url_s3 = NULL, size_bytes = NULL, updated_at = @now
        WHERE id = @id AND state = @from
        """;

    private const string DetachSql =
        """
        UPDATE plants_data SET storage_key = NULL, url_s3 = NULL, size_bytes = NULL, updated_at = @now
        WHERE state = @duplicate AND sha256 = (SELECT sha256 FROM plants_data WHERE id = @id)
        """;

    // Takes the row's lock on PostgreSQL; on SQLite a write transaction has the whole file's.
    private const string LockSql = "UPDATE plants_data SET updated_at = updated_at WHERE id = @id";

    private const string MoveSql =
        "UPDATE plants_data SET storage_key = @key, url_s3 = @url WHERE id = @id OR (state = @duplicate AND sha256 = @sha256)";

    private const string FollowSql =
        "UPDATE plants_data SET url_s3 = @now || substr(url_s3, @tail) WHERE url_s3 IS NOT NULL AND substr(url_s3, 1, @length) = @before";

    /// <summary><see cref="ImageTransition.Register"/>, for those whose source is not known, and <see cref="ImageTransition.Rename"/> for
    /// those that are known by another label.</summary>
    /// <param name="session">A write transaction.</param>
    /// <param name="entries">The images; in one order, whoever registers, so that of two transactions with the same rows none waits for
    /// the other in a circle.</param>
    /// <param name="now">The time.</param>
    /// <returns>How many rows were inserted.</returns>
    public static async Task<int> RegisterAsync(DatabaseSession session, IEnumerable<ManifestEntry> entries, DateTimeOffset now)
    {
        var inserted = 0;
        foreach (var batch in entries.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var entry in batch)
            {
                rows.Add(entry.UrlSource, entry.Label, ImageStateText.Of(ImageTransition.Register.To!.Value), now, now);
            }

            var added = await session.ExecuteAsync(
                $"""
                INSERT INTO plants_data (url_source, label, state, created_at, updated_at)
                VALUES {rows}
                ON CONFLICT (url_source) DO NOTHING
                """,
                rows.Parameters).ConfigureAwait(false);
            inserted += added;
            if (added < batch.Length)
            {
                await RenameAsync(session, batch, now).ConfigureAwait(false);
            }
        }

        return inserted;
    }

    private static Task<int> RenameAsync(DatabaseSession session, IEnumerable<ManifestEntry> entries, DateTimeOffset now)
    {
        var rows = new SqlRows();
        foreach (var entry in entries)
        {
            rows.Add(entry.UrlSource, entry.Label);
        }

        return session.ExecuteAsync(
            $"""
            WITH given (url_source, label) AS (VALUES {rows})
            UPDATE plants_data SET label = given.label, updated_at = @now
            FROM given
            WHERE plants_data.url_source = given.url_source AND plants_data.state = @registered AND plants_data.label <> given.label
                AND NOT {ImageRows.IsCorrected}
            """,
            rows.With("now", now).With("registered", ImageStateText.Of(ImageTransition.Rename.From!.Value)).Parameters);
    }

    /// <summary><see cref="ImageTransition.Forget"/>.</summary>
    /// <returns>Whether the row was in the state that the transition starts from.</returns>
    public static async Task<bool> ForgetAsync(DatabaseSession session, long id) =>
        await session.ExecuteAsync(ForgetSql, [("id", id), .. From(ImageTransition.Forget)]).ConfigureAwait(false) == 1;

    /// <summary><see cref="ImageTransition.Upload"/>.</summary>
    /// <returns>The row's id; null if there is a row with its bytes already.</returns>
    public static Task<long?> UploadAsync(
        DatabaseSession session, string source, string label, StoredContent content, DateTimeOffset now) => session.ScalarAsync<long?>(
            UploadSql,
            [("source", source), ("label", label), .. To(ImageTransition.Upload), .. Of(content), ("now", now)]);

    /// <summary>Makes a transition that leaves the bytes as they are.</summary>
    /// <param name="session">A write transaction.</param>
    /// <param name="transition">The transition.</param>
    /// <param name="image">The row as it was read in this transaction.</param>
    /// <param name="label">The label that it is to have.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="LostRaceException">Somebody else was faster.</exception>
    public static async Task ChangeAsync(
        DatabaseSession session, ImageTransition transition, CatalogImage image, string label, DateTimeOffset now)
    {
        var changed = await session.ExecuteAsync(
            ChangeSql,
            [("id", image.Id), .. From(transition), .. To(transition), ("fromLabel", image.Label), ("label", label), ("now", now)]).ConfigureAwait(false);
        if (changed != 1)
        {
            throw new LostRaceException($"Photo {image.Id} was changed meanwhile.");
        }
    }

    /// <summary>Makes a transition that gives the row other bytes, such as those of a copy scaled down.</summary>
    /// <returns>Whether the row was in the state that the transition starts from.</returns>
    public static async Task<bool> ReplaceAsync(
        DatabaseSession session, ImageTransition transition, long id, StoredContent content, DateTimeOffset now) =>
        await session.ExecuteAsync(
            ReplaceSql, [("id", id), .. From(transition), .. To(transition), .. Of(content), ("now", now)]).ConfigureAwait(false) == 1;

    /// <summary><see cref="ImageTransition.Lose"/>.</summary>
    /// <returns>Whether the row was in the state that the transition starts from.</returns>
    public static async Task<bool> LoseAsync(DatabaseSession session, long id, DateTimeOffset now) => await session.ExecuteAsync(
        LoseSql, [("id", id), .. From(ImageTransition.Lose), .. To(ImageTransition.Lose), ("now", now)]).ConfigureAwait(false) == 1;

    /// <summary>The transition that erases an image, from whatever state it is in; its duplicates have no bytes any more either.</summary>
    /// <exception cref="LostRaceException">Somebody else was faster.</exception>
    public static async Task EraseAsync(DatabaseSession session, CatalogImage image, DateTimeOffset now)
    {
        var transition = ImageTransition.All.Single(item => item.To == ImageState.Erased && item.From == image.State);
        if (await session.ExecuteAsync(EraseSql, [("id", image.Id), .. From(transition), .. To(transition), ("now", now)]).ConfigureAwait(false) != 1)
        {
            throw new LostRaceException($"Photo {image.Id} was changed meanwhile.");
        }

        await session.ExecuteAsync(DetachSql, [("id", image.Id), ("duplicate", ImageStateText.Duplicate), ("now", now)]).ConfigureAwait(false);
    }

    /// <summary>Reads a row that no other transaction changes before this one ends.</summary>
    public static async Task<CatalogImage?> FindLockedAsync(DatabaseSession session, long id)
    {
        await session.ExecuteAsync(LockSql, [("id", id)]).ConfigureAwait(false);
        return await ImageRows.FindAsync(session, id).ConfigureAwait(false);
    }

    /// <summary>Records that an image's object is under another key, for its duplicates, too. State and label stay.</summary>
    public static Task<int> MoveAsync(DatabaseSession session, CatalogImage image, string key, Uri url) => session.ExecuteAsync(
        MoveSql,
        [("id", image.Id), ("key", key), ("url", url.AbsoluteUri), ("sha256", image.Content!.Sha256), ("duplicate", ImageStateText.Duplicate)]);

    /// <summary>Records that a store is at another place: addresses that begin as before begin as now. Key, state and label stay.</summary>
    /// <param name="session">A write transaction.</param>
    /// <param name="before">How the store's addresses began.</param>
    /// <param name="now">How they begin.</param>
    public static Task<int> FollowAsync(DatabaseSession session, string before, string now) =>
        session.ExecuteAsync(FollowSql, [("now", now), ("tail", before.Length + 1), ("length", before.Length), ("before", before)]);

    private static IEnumerable<(string, object?)> From(ImageTransition transition) =>
        [("from", ImageStateText.Of(transition.From!.Value))];

    private static IEnumerable<(string, object?)> To(ImageTransition transition) => [("to", ImageStateText.Of(transition.To!.Value))];

    private static IEnumerable<(string, object?)> Of(StoredContent content) =>
        [("key", content.Key), ("url", content.Url.AbsoluteUri), ("sha256", content.Sha256), ("size", content.Size)];
}
