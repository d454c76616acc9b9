using DandelionMl.Catalog;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Changes of the training set, and the history of a photo.</summary>
internal static class CurationRows
{
    // The conditions are what was looked at before: of two changes at one time, one finds them changed.
    private const string ChangeSql =
        """
        UPDATE plants_data SET state = @state, label = @label, updated_at = @now
        WHERE id = @id AND state = @fromState AND label = @fromLabel
        """;

    private const string EventSql =
        """
        INSERT INTO curation_events (image_id, action, from_label, to_label, reason, actor, at)
        VALUES (@id, @action, @fromLabel, @label, @reason, @actor, @now)
        """;

    /// <summary>Changes a photo and records it.</summary>
    /// <exception cref="LostRaceException">Somebody else was faster.</exception>
    public static async Task ChangeAsync(
        DatabaseSession session, CatalogImage photo, ImageState state, string label, string action, string? reason, string actor, DateTimeOffset now)
    {
        var parameters = new
        {
            id = photo.Id,
            fromState = ImageStateText.Of(photo.State),
            fromLabel = photo.Label,
            state = ImageStateText.Of(state),
            label,
            action,
            reason,
            actor,
            now,
        };
        if (await session.ExecuteAsync(ChangeSql, parameters) != 1)
        {
            throw new LostRaceException($"Photo {photo.Id} was changed meanwhile.");
        }

        await session.ExecuteAsync(EventSql, parameters);
    }

    /// <summary>A photo's history. A review comes before the retraining that takes the photo, and that before any curation.</summary>
    public static async Task<IReadOnlyList<PhotoEvent>> ListHistoryAsync(DatabaseSession session, CatalogImage image, UploadedPhoto? upload)
    {
        List<PhotoEvent> history = [new(PhotoAction.Add, null, upload?.PredictedLabel, null, null, image.CreatedAt)];
        if (upload is not null)
        {
            history.AddRange((await ReviewRows.ListEventsAsync(session, image.Id)).Select(Of));
        }

        if (upload?.Watermark is { } watermark)
        {
            history.AddRange(await session.QueryAsync(
                "SELECT claimed_by, at FROM retrain_watermarks WHERE id = @watermark",
                new { watermark },
                static row => new PhotoEvent(
                    PhotoAction.Take, null, null, null, row.GetFieldValue<string>(0), row.GetFieldValue<DateTimeOffset>(1))));
        }

        history.AddRange(await session.QueryAsync(
            "SELECT action, from_label, to_label, reason, actor, at FROM curation_events WHERE image_id = @id ORDER BY id",
            new { id = image.Id },
            static row => new PhotoEvent(
                CurationAction.Parse(row.GetFieldValue<string>(0)),
                row.GetFieldValue<string>(1),
                row.GetFieldValue<string>(2),
                row.IsDBNull(3) ? null : row.GetFieldValue<string>(3),
                row.GetFieldValue<string>(4),
                row.GetFieldValue<DateTimeOffset>(5))));
        return history;
    }

    private static PhotoEvent Of(ReviewEvent review) => new(
        review.Action switch
        {
            ReviewAction.Confirm => PhotoAction.Confirm,
            ReviewAction.Correct => PhotoAction.Correct,
            ReviewAction.NoneOfThese => PhotoAction.NoneOfThese,
            ReviewAction.Unusable => PhotoAction.Unusable,
            _ => PhotoAction.Undo,
        },
        review.FromLabel,
        review.ToLabel,
        null,
        review.Reviewer,
        review.At);
}
