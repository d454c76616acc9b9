namespace DandelionMl.Tests.Support;

/// <summary>A clock on which every wait of less than half a minute is over at once, and longer ones never: a test of retries needs no
/// sleep, and no guard against hanging goes off.</summary>
internal sealed class ImpatientTimeProvider : TimeProvider
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime < Patience ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, period);
}
