using System.Globalization;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Registry;

/// <summary>Version numbers that were reserved by a registration which never ended.</summary>
/// <remarks>Only those of days that are over: their artifact numbers are not given out again, so a registration that was asleep all
/// the while can't meet another one under the same key.</remarks>
internal sealed class AbandonedReservations(Database database, TimeProvider time)
{
    private const string Kind = "abandoned reservation";

    public Task<List<Leftover>> FindAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        DateTimeOffset today = new(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        return database.ReadAsync(
            session => session.QueryAsync(
                "SELECT version, created_at FROM model_versions WHERE state = @reserved AND created_at < @before ORDER BY version",
                [("reserved", ModelStateText.Reserved), ("before", before < today ? before : today)],
                static row => new Leftover(
                    Kind, row.GetFieldValue<long>(0).ToString(CultureInfo.InvariantCulture), row.GetFieldValue<DateTimeOffset>(1))),
            cancellationToken);
    }

    public Task RemoveAsync(Leftover leftover, CancellationToken cancellationToken) => database.WriteIdempotentAsync(
        session => session.ExecuteAsync(
            "DELETE FROM model_versions WHERE version = @version AND state = @reserved",
            [("version", long.Parse(leftover.Name, CultureInfo.InvariantCulture)), ("reserved", ModelStateText.Reserved)]),
        cancellationToken);
}
