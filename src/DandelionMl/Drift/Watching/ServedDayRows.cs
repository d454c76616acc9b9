using DandelionMl.Data;

namespace DandelionMl.Drift.Watching;

/// <summary>The rows of <c>served_days</c>: served photos by day, version and class.</summary>
internal static class ServedDayRows
{
    /// <summary>Adds to the counts.</summary>
    public static async Task AddAsync(DatabaseSession session, IEnumerable<ServedDay> days)
    {
        // In one order, whoever adds: of two transactions none waits for the other in a circle.
        var ordered = days.OrderBy(day => day.Day, StringComparer.Ordinal).ThenBy(day => day.ModelVersion).ThenBy(day => day.Label, StringComparer.Ordinal);
        foreach (var batch in ordered.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var day in batch)
            {
                rows.Add(day.Day, (long)day.ModelVersion, day.Label, day.Photos, day.ConfidenceSum, day.Ranked, day.RankSum);
            }

            await session.ExecuteAsync(
                $"""
                INSERT INTO served_days (day, model_version, label, photos, confidence_sum, ranked, rank_sum)
                VALUES {rows}
                ON CONFLICT (day, model_version, label) DO UPDATE SET
                    photos = served_days.photos + excluded.photos,
                    confidence_sum = served_days.confidence_sum + excluded.confidence_sum,
                    ranked = served_days.ranked + excluded.ranked,
                    rank_sum = served_days.rank_sum + excluded.rank_sum
                """,
                rows.Parameters).ConfigureAwait(false);
        }
    }

    /// <summary>The counts from a day on, by day, version and class.</summary>
    public static Task<List<ServedDay>> ListAsync(DatabaseSession session, string fromDay) => session.QueryAsync(
        """
        SELECT day, model_version, label, photos, confidence_sum, ranked, rank_sum FROM served_days
        WHERE day >= @from ORDER BY day, model_version, label
        """,
        [("from", fromDay)],
        static row => new ServedDay
        {
            Day = row.GetFieldValue<string>(0),
            ModelVersion = checked((int)row.GetFieldValue<long>(1)),
            Label = row.GetFieldValue<string>(2),
            Photos = row.GetFieldValue<long>(3),
            ConfidenceSum = row.GetFieldValue<double>(4),
            Ranked = row.GetFieldValue<long>(5),
            RankSum = row.GetFieldValue<double>(6),
        });

    /// <summary>Deletes what is older than a day.</summary>
    public static Task<int> DeleteBeforeAsync(DatabaseSession session, string day) =>
        session.ExecuteAsync("DELETE FROM served_days WHERE day < @day", [("day", day)]);
}
