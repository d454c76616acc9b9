using DandelionMl.Tracking;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>One training that is being mirrored, under a lease.</summary>
internal sealed class MirrorWork(TrackingOutbox outbox, string lease, TrackedItem item)
{
    public TrackedItem Item { get; private set; } = item;

    public MlflowIds Ids { get; private set; } = MlflowIds.Parse(item.Ids);

    /// <summary>Keeps an id that the server gave, before anything else is asked of it.</summary>
    /// <exception cref="LostLeaseException">Another process took over.</exception>
    public Task KeepAsync(MlflowIds ids, CancellationToken cancellationToken)
    {
        (Ids, Item) = (ids, Item with { Ids = ids.ToString() });
        return outbox.KeepAsync(lease, Item, isDone: false, error: null, cancellationToken);
    }

    /// <summary>Everything is there.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => outbox.KeepAsync(
        lease, Item with { Attempts = 0, RetryAt = null }, isDone: true, error: null, cancellationToken);

    /// <summary>It is not tried again, unless it changes once more.</summary>
    public Task GiveUpAsync(string reason, CancellationToken cancellationToken) => outbox.KeepAsync(
        lease, Item with { Attempts = 0, RetryAt = null }, isDone: true, reason, cancellationToken);

    /// <summary>It is tried again later.</summary>
    /// <param name="attempts">How often the server has refused it.</param>
    /// <param name="at">When; null for with the next one.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task DeferAsync(int attempts, DateTimeOffset? at, string reason, CancellationToken cancellationToken) => outbox.KeepAsync(
        lease, Item with { Attempts = attempts, RetryAt = at }, isDone: false, reason, cancellationToken);
}

/// <summary>Somebody removed on the server what was mirrored: it is left so.</summary>
internal sealed class NotWantedException(string message) : DandelionMlException(message);
