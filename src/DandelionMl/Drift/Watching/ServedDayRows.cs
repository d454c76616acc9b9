using DandelionMl.Data;

namespace DandelionMl.Drift.Watching;

/// <summary>The rows of <c>served_days</c>: served photos by day, version and class.</summary>
internal static class ServedDayRows
{
    private static readonly string[] _counts =
    [
        "photos", "confidence_sum", "ranked", "rank_sum", "one_class", "several_classes", "no_classes", "named_classes", "known_photos", "unknown_photos",
    ];

    private static readonly string _columns = $"day, model_version, label, {string.Join(", ", _counts)}";

    private static readonly string _added = string.Join(", ", _counts.Select(count => $"{count} = served_days.{count} + excluded.{count}"));

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
                rows.Add(
                    day.Day, (long)day.ModelVersion, day.Label, day.Photos, day.ConfidenceSum, day.Ranked, day.RankSum,
                    day.OneClass, day.SeveralClasses, day.NoClasses, day.NamedClasses, day.Known, day.Unknown);
            }

            await session.ExecuteAsync(
                $"""
                INSERT INTO served_days ({_columns})
                VALUES {rows}
                ON CONFLICT (day, model_version, label) DO UPDATE SET {_added}
                """,
                rows.Parameters).ConfigureAwait(false);
        }
    }

    /// <summary>The counts from a day on, by day, version and class.</summary>
    public static Task<List<ServedDay>> ListAsync(DatabaseSession session, string fromDay) => session.QueryAsync(
        $"SELECT {_columns} FROM served_days WHERE day >= @from ORDER BY day, model_version, label",
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
            OneClass = row.GetFieldValue<long>(7),
            SeveralClasses = row.GetFieldValue<long>(8),
            NoClasses = row.GetFieldValue<long>(9),
            NamedClasses = row.GetFieldValue<long>(10),
            Known = row.GetFieldValue<long>(11),
            Unknown = row.GetFieldValue<long>(12),
        });

    /// <summary>Deletes what is older than a day.</summary>
    public static Task<int> DeleteBeforeAsync(DatabaseSession session, string day) =>
        session.ExecuteAsync("DELETE FROM served_days WHERE day < @day", [("day", day)]);
}
