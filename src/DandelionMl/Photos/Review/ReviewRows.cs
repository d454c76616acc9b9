using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Leases and decisions of the review.</summary>
internal static class ReviewRows
{
    /// <summary>Photos that wait and that this reviewer may have.</summary>
    public const string FreeFor = "p.state = @pending AND (u.leased_until IS NULL OR u.leased_until <= @now OR u.leased_by = @reviewer)";

    private const string LeaseSql =
        """
        UPDATE uploads SET leased_by = @reviewer, leased_until = @until,
            drawn_at_random = CASE WHEN leased_by = @reviewer AND leased_until > @now THEN drawn_at_random ELSE @isRandom END
        WHERE image_id = @id AND decision IS NULL AND (leased_until IS NULL OR leased_until <= @now OR leased_by = @reviewer)
        """;

    // The conditions are those that were looked at before: of two that decide at one time, one finds them changed.
    private const string DecideSql =
        """
        UPDATE uploads SET decision = @decision, decided_by = @actor, decided_at = @at, leased_by = NULL, leased_until = NULL
        WHERE image_id = @id AND watermark IS NULL AND (decision IS NULL) = @isOpen
        """;

    /// <summary>Gives a photo to a reviewer, unless somebody has it or it is decided.</summary>
    public static async Task<bool> TryLeaseAsync(
        DatabaseSession session, ChosenCandidate photo, string reviewer, DateTimeOffset now, DateTimeOffset until) =>
        await session.ExecuteAsync(LeaseSql, [("id", photo.ImageId), ("reviewer", reviewer), ("now", now), ("until", until), ("isRandom", photo.IsRandom)]).ConfigureAwait(false) == 1;

    /// <summary>Changes what is decided on a photo, and records it.</summary>
    /// <param name="session">A write transaction.</param>
    /// <param name="photo">The photo as it was read in this transaction.</param>
    /// <param name="transition">What becomes of it.</param>
    /// <param name="done">What is done, with the label that the photo is to have.</param>
    /// <exception cref="LostRaceException">Somebody else was faster.</exception>
    public static async Task DecideAsync(DatabaseSession session, Photo photo, ImageTransition transition, PhotoEvent done)
    {
        var isUndo = done.Action == PhotoAction.Undo;
        var decided = await session.ExecuteAsync(
            DecideSql,
            [
                ("id", photo.Image.Id),
                ("decision", isUndo ? null : PhotoActionText.Of(done.Action)),
                ("actor", isUndo ? null : done.Actor),
                ("at", isUndo ? null : done.At),
                ("isOpen", photo.Upload!.Review is null),
            ]).ConfigureAwait(false);
        if (decided != 1)
        {
            throw new LostRaceException($"Photo {photo.Image.Id} was decided on meanwhile.");
        }

        await ImageWriter.ChangeAsync(session, transition, photo.Image, done.ToLabel!, done.At).ConfigureAwait(false);
        await PhotoHistory.AddReviewAsync(session, done).ConfigureAwait(false);
    }

    /// <summary>Who holds photos, the one first whose first photo is free again the soonest.</summary>
    public static Task<List<ReviewHolder>> ListHoldersAsync(DatabaseSession session, DateTimeOffset now) => session.QueryAsync(
        """
        SELECT leased_by, COUNT(*), MIN(leased_until) FROM uploads
        WHERE decision IS NULL AND leased_until > @now
        GROUP BY leased_by ORDER BY MIN(leased_until), leased_by
        """,
        [("now", now)],
        static row => new ReviewHolder(row.GetFieldValue<string>(0), row.GetFieldValue<long>(1), row.GetFieldValue<DateTimeOffset>(2)));

    /// <summary>The number of photos that wait, of <paramref name="most"/> or more that number: no more rows are looked at, along the index of the
    /// states.</summary>
    public static Task<long> CountPendingAsync(DatabaseSession session, int most) => session.ScalarAsync<long>(
        "SELECT COUNT(*) FROM (SELECT id FROM plants_data WHERE state = @pending LIMIT @most) waiting",
        [("pending", ImageStateText.Pending), ("most", most)]);

    public static async Task<ReviewProgress> CountAsync(DatabaseSession session, DateTimeOffset now)
    {
        var counts = (await session.QueryAsync(
            $"SELECT p.state, COUNT(*) FROM {PhotoRows.Uploads} GROUP BY p.state",
            [],
            static row => (State: row.GetFieldValue<string>(0), Count: row.GetFieldValue<long>(1))).ConfigureAwait(false))
            .ToDictionary(item => ImageStateText.Parse(item.State), item => item.Count);
        var held = await session.ScalarAsync<long>(
            "SELECT COUNT(*) FROM uploads WHERE decision IS NULL AND leased_until > @now", [("now", now)]).ConfigureAwait(false);
        return new ReviewProgress(
            counts.GetValueOrDefault(ImageState.Pending),
            held,
            counts.GetValueOrDefault(ImageState.Validated),
            counts.GetValueOrDefault(ImageState.Rejected));
    }
}
