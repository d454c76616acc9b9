using DandelionMl.Data;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Layout;

/// <summary>How many photos wait for review, for the menu of every page: in half a second, or not at all. Thread-safe.</summary>
/// <param name="count">Counts them, up to the number that it is given.</param>
/// <param name="time">The clock.</param>
internal sealed class WaitingPhotos(Func<int, CancellationToken, Task<long>> count, TimeProvider time)
{
    /// <summary>Of more than this it is only said that there are more.</summary>
    public const int Most = 99;

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    public static WaitingPhotos Of(ReviewDesk desk, DatabaseCheck database, TimeProvider time) => new(
        async (most, cancellationToken) =>
        {
            // Else every page would leave a connection waiting at a database that is frozen.
            await database.CheckAsync(cancellationToken).ConfigureAwait(false);
            return await desk.CountPendingAsync(most, cancellationToken).ConfigureAwait(false);
        },
        time);

    /// <summary>Counts them.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>At most one more than <see cref="Most"/>; null where the database does not say so in time: a page is shown without it.</returns>
    public async Task<int?> CountAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return (int)await count(Most + 1, end.Token).WaitAsync(Limit, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DatabaseException or TimeoutException or OperationCanceledException)
        {
            await end.CancelAsync().ConfigureAwait(false);
            return null;
        }
    }
}
