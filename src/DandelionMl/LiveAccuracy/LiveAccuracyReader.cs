using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Photos;

namespace DandelionMl.LiveAccuracy;

/// <summary>Tells how good each model version was on the photos that people sent, week by week. Thread-safe.</summary>
/// <remarks>A near-duplicate of a stored photo is not stored again, so that of many photos of one scene one counts. Photos that were erased before
/// anybody reviewed them do not count, and those that came before their place in the random order was kept.</remarks>
internal sealed class LiveAccuracyReader(Database database, TimeProvider time)
{
    /// <summary>How many weeks are told, the running one included.</summary>
    public const int Weeks = 8;

    private const int DaysOfWeek = 7;

    private const string AnswersSql =
        """
        SELECT p.created_at, u.model_version, u.random_rank, u.probability, u.decision
        FROM plants_data p JOIN uploads u ON u.image_id = p.id
        WHERE p.created_at >= @from AND u.random_rank IS NOT NULL AND (u.decision IS NOT NULL OR p.state = @pending)
        """;

    /// <summary>The weeks in which photos were kept, the newest first, and of a week the newest version first.</summary>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<IReadOnlyList<WeekAccuracy>> ListAsync(CancellationToken cancellationToken = default)
    {
        var first = WeekOf(time.GetUtcNow()).AddDays(-DaysOfWeek * (Weeks - 1));
        var answers = await database.ReadAsync(
            session => session.QueryAsync(
                AnswersSql,
                [("from", new DateTimeOffset(first, TimeOnly.MinValue, TimeSpan.Zero)), ("pending", ImageStateText.Pending)],
                static row => (
                    Week: WeekOf(row.GetFieldValue<DateTimeOffset>(0)),
                    Version: checked((int)row.GetFieldValue<long>(1)),
                    Answer: new ServedAnswer(
                        row.GetFieldValue<string>(2), row.GetFieldValue<double>(3), OutcomeOf(row.IsDBNull(4) ? null : row.GetFieldValue<string>(4))))),
            cancellationToken).ConfigureAwait(false);
        return
        [
            .. answers.GroupBy(item => (item.Week, item.Version), item => item.Answer)
                .OrderByDescending(group => group.Key.Week).ThenByDescending(group => group.Key.Version)
                .Select(group => new WeekAccuracy(group.Key.Week, group.Key.Version, RandomDraw.Measure(group))),
        ];
    }

    /// <summary>What is told of a version in short: its newest week with a figure, else its newest week; null where no photo was kept.</summary>
    public static WeekAccuracy? NewestOf(IReadOnlyList<WeekAccuracy> weeks, int version)
    {
        var own = weeks.Where(week => week.ModelVersion == version).ToList();
        return own.Find(week => week.Figure.Estimate is not null) ?? own.FirstOrDefault();
    }

    /// <summary>The Monday of a time's week, UTC.</summary>
    private static DateOnly WeekOf(DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return day.AddDays(-(((int)day.DayOfWeek + DaysOfWeek - (int)DayOfWeek.Monday) % DaysOfWeek));
    }

    private static AnswerOutcome OutcomeOf(string? decision) => decision is null ? AnswerOutcome.Waiting : PhotoActionText.Parse(decision) switch
    {
        PhotoAction.Confirm => AnswerOutcome.Right,
        PhotoAction.Unusable => AnswerOutcome.Unusable,
        _ => AnswerOutcome.Wrong,
    };
}

/// <summary>How good a model version was on the photos of a week.</summary>
/// <param name="Week">The week's Monday; it begins and ends at midnight, UTC.</param>
/// <param name="ModelVersion">The version that answered.</param>
/// <param name="Figure">What is known of it.</param>
internal sealed record WeekAccuracy(DateOnly Week, int ModelVersion, LiveFigure Figure);
