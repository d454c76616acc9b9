using DandelionMl.Catalog;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Leases, decisions and audit of the review.</summary>
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

    private const string EventSql =
        """
        INSERT INTO review_events (image_id, action, from_label, to_label, actor, at)
        VALUES (@id, @action, @fromLabel, @toLabel, @actor, @now)
        """;

    // The conditions are those that were looked at before: of two that decide at one time, one finds them changed.
    private const string DecideUploadSql =
        """
        UPDATE uploads SET decision = @decision, decided_by = @actor, decided_at = @at, leased_by = NULL, leased_until = NULL
        WHERE image_id = @id AND watermark IS NULL AND (decision IS NULL) = @isOpen
        """;

    private const string DecideImageSql =
        "UPDATE plants_data SET state = @state, label = @label, updated_at = @now WHERE id = @id";

    /// <summary>Gives a photo to a reviewer, unless somebody has it or it is decided.</summary>
    public static async Task<bool> TryLeaseAsync(
        DatabaseSession session, ChosenCandidate photo, string reviewer, DateTimeOffset now, DateTimeOffset until) =>
        await session.ExecuteAsync(LeaseSql, new { id = photo.ImageId, reviewer, now, until, isRandom = photo.IsRandom }) == 1;

    /// <summary>Changes what is decided on a photo, and records it.</summary>
    /// <param name="session">A write transaction.</param>
    /// <param name="photo">The photo as it was read in this transaction.</param>
    /// <param name="action">What is done.</param>
    /// <param name="state">The image's new state.</param>
    /// <param name="label">Its new label.</param>
    /// <param name="reviewer">Who does it.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="LostRaceException">Somebody else was faster.</exception>
    public static async Task MoveAsync(
        DatabaseSession session, UploadedPhoto photo, ReviewAction action, ImageState state, string label, string reviewer, DateTimeOffset now)
    {
        var id = photo.Image.Id;
        var isUndo = action == ReviewAction.Undo;
        var moved = await session.ExecuteAsync(DecideUploadSql, new
        {
            id,
            decision = isUndo ? null : ReviewActionText.Of(action),
            actor = isUndo ? null : reviewer,
            at = isUndo ? (DateTimeOffset?)null : now,
            isOpen = photo.Review is null,
        });
        if (moved != 1)
        {
            throw new LostRaceException($"Photo {id} was decided on meanwhile.");
        }

        await session.ExecuteAsync(DecideImageSql, new { id, state = ImageStateText.Of(state), label, now });
        await session.ExecuteAsync(
            EventSql,
            new { id, action = ReviewActionText.Of(action), fromLabel = photo.Image.Label, toLabel = label, actor = reviewer, now });
    }

    public static Task<IReadOnlyList<ReviewEvent>> ListEventsAsync(DatabaseSession session, long id) =>
        QueryEventsAsync(session, "WHERE image_id = @id ORDER BY id", new { id });

    public static Task<IReadOnlyList<ReviewEvent>> ListLatestEventsAsync(DatabaseSession session, int skip, int count) =>
        QueryEventsAsync(session, "ORDER BY id DESC LIMIT @count OFFSET @skip", new { skip, count });

    private static async Task<IReadOnlyList<ReviewEvent>> QueryEventsAsync(DatabaseSession session, string rest, object parameters) =>
        await session.QueryAsync(
            $"SELECT image_id, action, from_label, to_label, actor, at FROM review_events {rest}",
            parameters,
            static row => new ReviewEvent(
                row.GetFieldValue<long>(0),
                ReviewActionText.Parse(row.GetFieldValue<string>(1)),
                row.GetFieldValue<string>(2),
                row.GetFieldValue<string>(3),
                row.GetFieldValue<string>(4),
                row.GetFieldValue<DateTimeOffset>(5)));
}
