using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Data;
using DandelionMl.Labels;

namespace DandelionMl.Photos;

/// <summary>Searches and counts the photos of the catalog, and reads one with its history. Thread-safe.</summary>
[Experimental(DandelionMlExperiments.Curation)]
public sealed class PhotoSearch
{
    private const int PerRead = 500;
    private const int MaxCount = 1_000;
    private const int MaxDays = 366;

    private readonly Database _database;

    internal PhotoSearch(Database database) => _database = database;

    /// <summary>Finds photos, the newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="before">Only those with a smaller id; null for all. The id of a page's last photo gives the next page.</param>
    /// <param name="count">The most to give, 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidLabelException">The filter's label is not valid.</exception>
    public Task<IReadOnlyList<Photo>> FindAsync(
        PhotoFilter filter, long? before = null, int count = 50, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        return FindAsync(filter, PhotoOrder.Newest, before is { } id ? new PhotoPlace(id, "", default) : null, count, cancellationToken);
    }

    /// <summary>Finds photos in an order.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="order">The order.</param>
    /// <param name="after">The place of the photo that they follow, in that order; null for the first.</param>
    /// <param name="count">The most to give.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    internal async Task<IReadOnlyList<Photo>> FindAsync(
        PhotoFilter filter, PhotoOrder order, PhotoPlace? after, int count, CancellationToken cancellationToken)
    {
        filter.Check();
        return await _database.ReadAsync(
            session => PhotoRows.QueryAsync(
                session,
                filter.Tables,
                $"{filter.Where(after is null ? null : order.After())} ORDER BY {order.By()} LIMIT @count",
                filter.Parameters(after, count)),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the photos beside one in what a search finds.</summary>
    /// <param name="filter">Which; the photo itself need not be one of them.</param>
    /// <param name="order">The order.</param>
    /// <param name="place">The place of the photo.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The one before it, and the one after it; null where there is none.</returns>
    internal Task<(long? Previous, long? Next)> FindNeighboursAsync(
        PhotoFilter filter, PhotoOrder order, PhotoPlace place, CancellationToken cancellationToken)
    {
        filter.Check();
        return _database.ReadAsync(
            async session => (
                await FindIdAsync(session, filter, order, isReversed: true, place).ConfigureAwait(false),
                await FindIdAsync(session, filter, order, isReversed: false, place).ConfigureAwait(false)),
            cancellationToken);
    }

    /// <summary>Counts the photos that a search finds.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidLabelException">The filter's label is not valid.</exception>
    public Task<long> CountAsync(PhotoFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        filter.Check();
        return _database.ReadAsync(
            session => session.ScalarAsync<long>($"SELECT COUNT(*) FROM {filter.Tables} {filter.Where()}", filter.Parameters()),
            cancellationToken);
    }

    /// <summary>Counts all photos by label and state.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The counts that are not 0, by label, then by state.</returns>
    public async Task<IReadOnlyList<PhotoCount>> CountByLabelAsync(CancellationToken cancellationToken = default)
    {
        var counts = await _database.ReadAsync(
            session => session.QueryAsync(
                "SELECT label, state, COUNT(*) FROM plants_data GROUP BY label, state",
                [],
                static row => new PhotoCount(
                    row.GetFieldValue<string>(0), ImageStateText.Parse(row.GetFieldValue<string>(1)), row.GetFieldValue<long>(2))),
            cancellationToken).ConfigureAwait(false);
        return [.. counts.OrderBy(item => item.Label, StringComparer.Ordinal).ThenBy(item => item.State)];
    }

    /// <summary>Counts the photos that came on each day of a time, by label.</summary>
    /// <param name="first">The first day, UTC.</param>
    /// <param name="last">The last day, UTC; at most 366 days in all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The counts that are not 0, by day, then by label: of photos that came, not of those that are still to be fetched.</returns>
    public async Task<IReadOnlyList<PhotoIntake>> CountByDayAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken = default)
    {
        var days = last.DayNumber - first.DayNumber + 1;
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1, nameof(last));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MaxDays, nameof(last));

        // Each day is a range of its own, since no two databases cut a time to its day alike; an index has what lies in it.
        var ranges = new SqlRows();
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            ranges.Add(day.DayNumber, StartOf(day), StartOf(day.AddDays(1)));
        }

        var sql =
            $"""
            WITH days (number, starts, ends) AS (VALUES {ranges})
            SELECT days.number, p.label, COUNT(*)
            FROM days JOIN plants_data p ON p.created_at >= days.starts AND p.created_at < days.ends
            WHERE p.{StoredRows.HoldsBytes} AND {PhotoFilter.Came}
            GROUP BY days.number, p.label
            """;
        var counts = await _database.ReadAsync(
            session => session.QueryAsync(
                sql,
                ranges.Parameters,
                static row => new PhotoIntake(
                    DateOnly.FromDayNumber(row.GetFieldValue<int>(0)), row.GetFieldValue<string>(1), row.GetFieldValue<long>(2))),
            cancellationToken).ConfigureAwait(false);
        return [.. counts.OrderBy(item => item.Day).ThenBy(item => item.Label, StringComparer.Ordinal)];
    }

    /// <summary>A photo; null if there is none.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Photo?> FindAsync(long imageId, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => PhotoRows.FindAsync(session, imageId), cancellationToken);

    /// <summary>All photos that a filter finds, read as they are asked for; the newest first, unless in another order.</summary>
    internal async IAsyncEnumerable<Photo> StreamAsync(
        PhotoFilter filter, PhotoOrder order = PhotoOrder.Newest, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var after = (PhotoPlace?)null; ;)
        {
            var photos = await FindAsync(filter, order, after, PerRead, cancellationToken).ConfigureAwait(false);
            foreach (var photo in photos)
            {
                yield return photo;
            }

            if (photos.Count < PerRead)
            {
                yield break;
            }

            after = PhotoPlace.Of(photos[^1]);
        }
    }

    /// <summary>Several photos by their rows in the catalog; those that are not there are left out.</summary>
    internal async Task<IReadOnlyList<Photo>> FindAllAsync(IEnumerable<long> imageIds, CancellationToken cancellationToken = default)
    {
        var rows = new SqlRows();
        foreach (var id in imageIds.Distinct())
        {
            rows.Add(id);
        }

        return rows.IsEmpty
            ? []
            : await _database.ReadAsync(
                session => PhotoRows.QueryAsync(session, PhotoRows.All, $"WHERE p.id IN (VALUES {rows})", rows.Parameters), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A photo's history, the oldest entry first.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its history; the first entry is always <see cref="PhotoAction.Add"/>. Empty if the photo was not found.</returns>
    public async Task<IReadOnlyList<PhotoEvent>> ListHistoryAsync(long imageId, CancellationToken cancellationToken = default) =>
        await _database.ReadAsync(
            async session => await PhotoRows.FindAsync(session, imageId).ConfigureAwait(false) is { } photo ? await PhotoHistory.ListAsync(session, photo).ConfigureAwait(false) : [],
            cancellationToken).ConfigureAwait(false);

    // In order, so that it ends at the first: the least or greatest of all would be looked for among all.
    private static async Task<long?> FindIdAsync(DatabaseSession session, PhotoFilter filter, PhotoOrder order, bool isReversed, PhotoPlace place)
    {
        var found = await session.QueryAsync(
            $"SELECT p.id FROM {filter.Tables} {filter.Where(order.After(isReversed))} ORDER BY {order.By(isReversed)} LIMIT 1",
            filter.Parameters(place),
            static row => row.GetFieldValue<long>(0)).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : null;
    }

    private static DateTimeOffset StartOf(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
