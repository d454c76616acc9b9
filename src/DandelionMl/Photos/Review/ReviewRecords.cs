using DandelionMl.Catalog;
using DandelionMl.Data;

namespace DandelionMl.Photos;

/// <summary>Tells what users sent, what was decided on it, and how far the review is. Thread-safe.</summary>
public sealed class ReviewRecords
{
    private const int MaxCount = 1_000;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal ReviewRecords(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>A photo; null if no user sent such a one.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<UploadedPhoto?> FindAsync(long imageId, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => UploadRows.FindAsync(session, imageId), cancellationToken);

    /// <summary>Lists users' photos of a state, the newest first.</summary>
    /// <param name="state">The state.</param>
    /// <param name="before">Only those with a smaller id; null for all. The id of a page's last photo gives the next page.</param>
    /// <param name="count">The most to list, 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<UploadedPhoto>> ListAsync(
        ImageState state, long? before = null, int count = 50, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        var parameters = new { state = ImageStateText.Of(state), before = before ?? long.MaxValue, count };
        return await _database.ReadAsync(
            session => UploadRows.QueryAsync(session, "WHERE p.state = @state AND p.id < @before ORDER BY p.id DESC LIMIT @count", parameters),
            cancellationToken);
    }

    /// <summary>Everything that was done with a photo, the oldest first.</summary>
    /// <param name="imageId">Its row in the catalog.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<IReadOnlyList<ReviewEvent>> ListEventsAsync(long imageId, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ReviewRows.ListEventsAsync(session, imageId), cancellationToken);

    /// <summary>What was done last, with whatever photo, the newest first.</summary>
    /// <param name="skip">How many to leave out, at least 0.</param>
    /// <param name="count">The most to list, 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<IReadOnlyList<ReviewEvent>> ListLatestEventsAsync(
        int skip = 0, int count = 50, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        return _database.ReadAsync(session => ReviewRows.ListLatestEventsAsync(session, skip, count), cancellationToken);
    }

    /// <summary>How far the review is.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<ReviewProgress> GetProgressAsync(CancellationToken cancellationToken = default)
    {
        var now = _time.GetUtcMicroseconds();
        return _database.ReadAsync(
            async session =>
            {
                var counts = (await session.QueryAsync(
                    "SELECT p.state, COUNT(*) FROM uploads u JOIN plants_data p ON p.id = u.image_id GROUP BY p.state",
                    null,
                    static row => (State: row.GetFieldValue<string>(0), Count: row.GetFieldValue<long>(1))))
                    .ToDictionary(item => ImageStateText.Parse(item.State), item => item.Count);
                var held = await session.ScalarAsync<long>(
                    "SELECT COUNT(*) FROM uploads WHERE decision IS NULL AND leased_until > @now", new { now });
                return new ReviewProgress(
                    counts.GetValueOrDefault(ImageState.Pending),
                    held,
                    counts.GetValueOrDefault(ImageState.Validated),
                    counts.GetValueOrDefault(ImageState.Rejected));
            },
            cancellationToken);
    }
}
