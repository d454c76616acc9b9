using DandelionMl.Data;

namespace DandelionMl.Shadowing;

/// <summary>The rows of <c>shadow_answers</c>: answers of a champion and a shadow, by the class that each gave.</summary>
internal static class ShadowRows
{
    /// <summary>Adds to the counts.</summary>
    public static async Task<int> AddAsync(DatabaseSession session, IEnumerable<ShadowCount> counts)
    {
        // In one order, whoever adds: of two transactions none waits for the other in a circle.
        var ordered = counts.OrderBy(count => count.ChampionVersion).ThenBy(count => count.ShadowVersion)
            .ThenBy(count => count.ChampionLabel, StringComparer.Ordinal).ThenBy(count => count.ShadowLabel, StringComparer.Ordinal);
        var added = 0;
        foreach (var batch in ordered.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var count in batch)
            {
                rows.Add((long)count.ChampionVersion, (long)count.ShadowVersion, count.ChampionLabel, count.ShadowLabel, count.Answers);
            }

            added += await session.ExecuteAsync(
                $"""
                INSERT INTO shadow_answers (champion_version, shadow_version, champion_label, shadow_label, answers)
                VALUES {rows}
                ON CONFLICT (champion_version, shadow_version, champion_label, shadow_label) DO UPDATE SET
                    answers = shadow_answers.answers + excluded.answers
                """,
                rows.Parameters).ConfigureAwait(false);
        }

        return added;
    }

    /// <summary>The counts of a champion and a shadow, the most frequent first.</summary>
    public static Task<List<ShadowCount>> ListAsync(DatabaseSession session, int champion, int shadow) => session.QueryAsync(
        """
        SELECT champion_label, shadow_label, answers FROM shadow_answers
        WHERE champion_version = @champion AND shadow_version = @shadow ORDER BY answers DESC, champion_label, shadow_label
        """,
        [("champion", (long)champion), ("shadow", (long)shadow)],
        row => new ShadowCount(champion, shadow, row.GetFieldValue<string>(0), row.GetFieldValue<string>(1), row.GetFieldValue<long>(2)));
}
