using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>How often reviewers agree with the model on the photos that people sent. Thread-safe.</summary>
internal sealed class ReviewAgreement(Database database)
{
    /// <summary>Counts decisions on a class since a day, by day.</summary>
    /// <param name="first">The first day, UTC.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The days with decisions, in order.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<IReadOnlyList<AgreementOfDay>> CountByDayAsync(DateOnly first, CancellationToken cancellationToken)
    {
        var decisions = await database.ReadAsync(
            session => session.QueryAsync(
                """
                SELECT decided_at, decision FROM uploads
                WHERE decided_at >= @from AND decision IN (@confirm, @correct, @none)
                """,
                [
                    ("from", new DateTimeOffset(first, TimeOnly.MinValue, TimeSpan.Zero)),
                    ("confirm", PhotoActionText.Of(PhotoAction.Confirm)),
                    ("correct", PhotoActionText.Of(PhotoAction.Correct)),
                    ("none", PhotoActionText.Of(PhotoAction.NoneOfThese)),
                ],
                static row => (At: row.GetFieldValue<DateTimeOffset>(0), Action: PhotoActionText.Parse(row.GetFieldValue<string>(1)))),
            cancellationToken).ConfigureAwait(false);
        return [.. decisions.GroupBy(decision => DateOnly.FromDateTime(decision.At.UtcDateTime)).OrderBy(day => day.Key)
            .Select(day => new AgreementOfDay(day.Key, day.Count(), day.Count(decision => decision.Action == PhotoAction.Confirm)))];
    }
}

/// <summary>The decisions of a day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Decisions">Photos on which a class was decided.</param>
/// <param name="Confirmed">Those of them on which it was the model's.</param>
internal sealed record AgreementOfDay(DateOnly Day, int Decisions, int Confirmed);
