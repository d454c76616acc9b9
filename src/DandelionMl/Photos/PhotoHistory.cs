using System.Data.Common;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>What was done with photos, as the database has it: the reviewers' part in <c>review_events</c>, the retrainings' in
/// <c>retrain_watermarks</c>, that of those who change the training set in <c>curation_events</c>.</summary>
internal static class PhotoHistory
{
    private const string ReviewSql =
        """
        INSERT INTO review_events (image_id, action, from_label, to_label, actor, at)
        VALUES (@id, @action, @fromLabel, @toLabel, @actor, @at)
        """;

    private const string CurationSql =
        """
        INSERT INTO curation_events (image_id, action, from_label, to_label, reason, actor, at)
        VALUES (@id, @action, @fromLabel, @toLabel, @reason, @actor, @at)
        """;

    private const string ReviewColumns = "image_id, action, from_label, to_label, NULL, actor, at";
    private const string CurationColumns = "image_id, action, from_label, to_label, reason, actor, at";

    public static Task<int> AddReviewAsync(DatabaseSession session, PhotoEvent done) => session.ExecuteAsync(ReviewSql, Parameters(done));

    // A label that is kept is written as given anew: what reads the database and knows no other action understands that.
    public static Task<int> AddCurationAsync(DatabaseSession session, PhotoEvent done) => session.ExecuteAsync(
        CurationSql, Parameters(done.Action == PhotoAction.Keep ? done with { Action = PhotoAction.Relabel } : done));

    /// <summary>The photos whose label, the one that they have, somebody looked at and kept.</summary>
    public static Task<List<long>> ListKeptAsync(DatabaseSession session) => session.QueryAsync(
        """
        SELECT DISTINCT e.image_id FROM curation_events e JOIN plants_data p ON p.id = e.image_id
        WHERE e.action = @relabel AND e.from_label = e.to_label AND e.to_label = p.label
        """,
        [("relabel", PhotoActionText.Of(PhotoAction.Relabel))],
        static row => row.GetFieldValue<long>(0));

    /// <summary>Deletes what was done with a photo that is forgotten or erased.</summary>
    public static async Task ForgetAsync(DatabaseSession session, long imageId)
    {
        await session.ExecuteAsync("DELETE FROM review_events WHERE image_id = @id", [("id", imageId)]).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM curation_events WHERE image_id = @id", [("id", imageId)]).ConfigureAwait(false);
    }

    /// <summary>Decisions of reviewers with their rows' numbers, the newest first.</summary>
    public static Task<List<(long Id, PhotoEvent Event)>> ListReviewsAsync(
        DatabaseSession session, ReviewHistoryFilter filter, long? before, int skip, int count) => session.QueryAsync(
        $"SELECT {ReviewColumns}, id FROM review_events {Where(filter, before)} ORDER BY id DESC LIMIT @count OFFSET @skip",
        [.. Parameters(filter), ("before", before ?? 0), ("skip", skip), ("count", count)],
        static row => (row.GetFieldValue<long>(7), Read(row)));

    /// <summary>How many decisions of each kind everybody made.</summary>
    public static Task<List<(string Actor, PhotoAction Action, long Count)>> CountReviewsAsync(DatabaseSession session, ReviewHistoryFilter filter) =>
        session.QueryAsync(
            $"SELECT actor, action, COUNT(*) FROM review_events {Where(filter, before: null)} GROUP BY actor, action",
            Parameters(filter),
            static row => (row.GetFieldValue<string>(0), PhotoActionText.Parse(row.GetFieldValue<string>(1)), row.GetFieldValue<long>(2)));

    private static string Where(ReviewHistoryFilter filter, long? before)
    {
        (bool IsAsked, string Condition)[] conditions =
        [
            (filter.Actor is not null, "actor = @actor"),
            (filter.Action is not null, "action = @action"),
            (filter.From is not null, "at >= @from"),
            (filter.To is not null, "at < @until"),
            (before is not null, "id < @before"),
        ];
        var asked = conditions.Where(condition => condition.IsAsked).Select(condition => condition.Condition).ToList();
        return asked.Count == 0 ? "" : $"WHERE {string.Join(" AND ", asked)}";
    }

    private static SqlParameters Parameters(ReviewHistoryFilter filter) =>
    [
        ("actor", filter.Actor),
        ("action", filter.Action is { } action ? PhotoActionText.Of(action) : null),
        ("from", Midnight(filter.From)),
        ("until", Midnight(filter.To < DateOnly.MaxValue ? filter.To?.AddDays(1) : filter.To)),
    ];

    private static DateTimeOffset? Midnight(DateOnly? day) => day is { } known ? new DateTimeOffset(known, TimeOnly.MinValue, TimeSpan.Zero) : null;

    /// <summary>All that was done with a photo. A review comes before the retraining that takes the photo, and that before any
    /// curation.</summary>
    public static async Task<List<PhotoEvent>> ListAsync(DatabaseSession session, Photo photo)
    {
        SqlParameters parameters = [("id", photo.Image.Id), ("watermark", photo.Upload?.Watermark)];
        List<PhotoEvent> history =
        [
            new() { ImageId = photo.Image.Id, Action = PhotoAction.Add, ToLabel = photo.Upload?.PredictedLabel, At = photo.Image.CreatedAt },
        ];
        if (photo.Upload is not null)
        {
            history.AddRange(await session.QueryAsync(
                $"SELECT {ReviewColumns} FROM review_events WHERE image_id = @id ORDER BY id", parameters, Read).ConfigureAwait(false));
        }

        if (photo.Upload?.Watermark is not null)
        {
            history.AddRange(await session.QueryAsync(
                "SELECT claimed_by, at FROM retrain_watermarks WHERE id = @watermark",
                parameters,
                row => new PhotoEvent
                {
                    ImageId = photo.Image.Id,
                    Action = PhotoAction.Take,
                    Actor = row.GetFieldValue<string>(0),
                    At = row.GetFieldValue<DateTimeOffset>(1),
                }).ConfigureAwait(false));
        }

        history.AddRange(await session.QueryAsync(
            $"SELECT {CurationColumns} FROM curation_events WHERE image_id = @id ORDER BY id", parameters, Read).ConfigureAwait(false));
        return history;
    }

    private static SqlParameters Parameters(PhotoEvent done) =>
    [
        ("id", done.ImageId),
        ("action", PhotoActionText.Of(done.Action)),
        ("fromLabel", done.FromLabel),
        ("toLabel", done.ToLabel),
        ("reason", done.Reason),
        ("actor", done.Actor),
        ("at", done.At),
    ];

    private static PhotoEvent Read(DbDataReader row) => new()
    {
        ImageId = row.GetFieldValue<long>(0),
        Action = PhotoActionText.Parse(row.GetFieldValue<string>(1)) switch
        {
            PhotoAction.Relabel when row.GetFieldValue<string>(2) == row.GetFieldValue<string>(3) => PhotoAction.Keep,
            var action => action,
        },
        FromLabel = row.GetFieldValue<string>(2),
        ToLabel = row.GetFieldValue<string>(3),
        Reason = row.IsDBNull(4) ? null : row.GetFieldValue<string>(4),
        Actor = row.GetFieldValue<string>(5),
        At = row.GetFieldValue<DateTimeOffset>(6),
    };
}
