using System.Collections.Concurrent;
using DandelionMl.Threading;

namespace DandelionMl.Tests.Threading;

public sealed class LowPriorityLaneTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_cancelled_while_it_waits_is_never_done()
    {
        var lane = new LowPriorityLane("test", threads: 1);
        using var release = new SemaphoreSlim(0);
        using var cancellation = new CancellationTokenSource();
        var order = new ConcurrentQueue<int>();
        var first = lane.RunAsync(() => { release.Wait(Token); order.Enqueue(1); return 1; }, Token);
        var second = lane.RunAsync(() => { order.Enqueue(2); return 2; }, cancellation.Token);
        var third = lane.RunAsync(() => { order.Enqueue(3); return 3; }, Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        release.Release();
        Assert.Equal(new[] { 1, 3 }, await Task.WhenAll(first, third));
        Assert.Equal([1, 3], order);
    }

    [Fact]
    public async Task RunAsync_what_the_work_raises_is_its_callers_and_the_lane_goes_on()
    {
        var lane = new LowPriorityLane("test", threads: 1);

        await Assert.ThrowsAsync<InvalidDataException>(() => lane.RunAsync<int>(() => throw new InvalidDataException(), Token));
        Assert.Equal(1, await lane.RunAsync(() => 1, Token));
    }
}
