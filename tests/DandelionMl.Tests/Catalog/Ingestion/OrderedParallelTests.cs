using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class OrderedParallelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SelectInOrder_work_that_ends_out_of_order_keeps_the_order_and_the_bound()
    {
        var running = 0;
        var most = 0;
        var begun = Gates();
        var gates = Gates();
        var results = Enumerable.Range(0, 12).ToAsyncEnumerable().SelectInOrderAsync(
            3,
            3,
            async (item, _) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));

                // Each third item waits for the two before it to begin and lets them go the wrong way round.
                begun[item].SetResult();
                if (item % 3 == 2)
                {
                    await Task.WhenAll(begun[item - 1].Task, begun[item - 2].Task);
                    gates[item - 1].SetResult();
                    gates[item - 2].SetResult();
                }
                else
                {
                    await gates[item].Task;
                }

                Interlocked.Decrement(ref running);
                return item;
            },
            Cancellation);

        Assert.Equal(Enumerable.Range(0, 12), await results.ToListAsync(Cancellation));
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task SelectInOrder_item_that_takes_long_holds_up_no_other_until_enough_wait_behind_it()
    {
        var begun = Gates();
        var slow = new TaskCompletionSource();
        var results = Enumerable.Range(0, 12).ToAsyncEnumerable().SelectInOrderAsync(
            2,
            4,
            async (item, _) =>
            {
                begun[item].SetResult();
                await (item == 0 ? slow.Task : Task.CompletedTask);
                return item;
            },
            Cancellation).ToListAsync(Cancellation).AsTask();

        await begun[3].Task;
        Assert.False(begun[4].Task.IsCompleted);
        slow.SetResult();

        Assert.Equal(Enumerable.Range(0, 12), await results);
    }

    [Fact]
    public async Task SelectInOrder_work_that_throws_leaves_none_running()
    {
        var started = 0;
        var ended = 0;
        var results = Enumerable.Range(0, 100).ToAsyncEnumerable().SelectInOrderAsync(
            4,
            8,
            async (item, token) =>
            {
                Interlocked.Increment(ref started);
                try
                {
                    await (item == 0 ? Task.FromException(new SimulatedCrashException()) : Task.Delay(Timeout.Infinite, token));
                    return item;
                }
                finally
                {
                    Interlocked.Increment(ref ended);
                }
            },
            Cancellation);

        await Assert.ThrowsAsync<SimulatedCrashException>(async () => await results.ToListAsync(Cancellation));
        Assert.Equal(started, ended);
        Assert.InRange(started, 1, 4);
    }

    private static TaskCompletionSource[] Gates() => [.. Enumerable.Range(0, 12).Select(_ => new TaskCompletionSource())];

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
