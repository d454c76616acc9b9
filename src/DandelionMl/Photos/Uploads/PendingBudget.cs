using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Photos;

/// <summary>Bounds the photos that wait for review, in number and bytes, and keeps some of the disk free: anybody can send photos, and only a
/// person makes room. Thread-safe; several processes may exceed it by what each keeps in a few seconds.</summary>
internal sealed class PendingBudget(Database database, IImageStore store, ReviewOptions options, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private (long Count, long Bytes) _pending;
    private long? _countedAt;

    /// <summary>Makes sure that there is room for one more photo.</summary>
    /// <exception cref="StorageUnavailableException">There is none.</exception>
    public async Task CheckAsync(long bytes, CancellationToken cancellationToken)
    {
        if (store is IFreeSpace { FreeBytes: { } free } && free - bytes < options.MinimumFreeBytes)
        {
            throw new StorageUnavailableException("The disk is almost full: no photos are stored for review until there is room.");
        }

        if (IsStale())
        {
            var counted = await database.ReadAsync(CountAsync, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                (_pending, _countedAt) = (counted, time.GetTimestamp());
            }
        }

        lock (_lock)
        {
            var (count, all) = (_pending.Count + 1, _pending.Bytes + bytes);
            if (count > options.MaxPending || all > options.MaxPendingBytes)
            {
                throw new StorageUnavailableException("Too many photos wait for review: no more are stored until some are reviewed.");
            }

            _pending = (count, all);
        }
    }

    private bool IsStale()
    {
        lock (_lock)
        {
            return _countedAt is not { } at || time.GetElapsedTime(at) >= Fresh;
        }
    }

    private static async Task<(long Count, long Bytes)> CountAsync(DatabaseSession session) => await session.FirstOrDefaultAsync<(long, long)>(
        "SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM plants_data WHERE state = @pending",
        [("pending", ImageStateText.Of(ImageState.Pending))],
        row => (row.GetFieldValue<long>(0), row.GetFieldValue<long>(1))).ConfigureAwait(false);
}
