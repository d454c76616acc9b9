using System.Threading.Channels;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class ReadyBatchesTests
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InReadyBatches_lingering_fills_batches_and_ends_with_the_rest()
    {
        var batches = await Enumerable.Range(0, 10).ToAsyncEnumerable().InReadyBatchesAsync(4, Linger, _time, Cancellation).ToListAsync(Cancellation);

        Assert.Equal([4, 4, 2], batches.Select(batch => batch.Count));
        Assert.Equal(Enumerable.Range(0, 10), batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task InReadyBatches_source_that_pauses_gives_what_is_there_after_a_while()
    {
        var source = Channel.CreateUnbounded<int>();
        await using var batches = source.Reader.ReadAllAsync(Cancellation)
            .InReadyBatchesAsync(4, Linger, _time, Cancellation).GetAsyncEnumerator(Cancellation);
        source.Writer.TryWrite(1);
        var first = batches.MoveNextAsync().AsTask();
        Assert.False(first.IsCompleted);

        // The delay may begin a moment after the item has come.
        while (!first.IsCompleted)
        {
            _time.Advance(Linger);
            await Task.Yield();
        }

        Assert.Equal([1], batches.Current);
        source.Writer.TryWrite(2);
        source.Writer.Complete();
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal([2], batches.Current);
        Assert.False(await batches.MoveNextAsync());
    }

    [Fact]
    public async Task InReadyBatches_without_lingering_waits_for_nothing_but_the_first()
    {
        var source = Channel.CreateUnbounded<int>();
        await using var batches = source.Reader.ReadAllAsync(Cancellation)
            .InReadyBatchesAsync(4, TimeSpan.Zero, _time, Cancellation).GetAsyncEnumerator(Cancellation);
        for (var item = 0; item < 3; item++)
        {
            source.Writer.TryWrite(item);
            Assert.True(await batches.MoveNextAsync());
            Assert.Equal([item], batches.Current);
        }
    }

    [Fact]
    public async Task InReadyBatches_source_that_throws_gives_what_came_before()
    {
        var seen = new List<int>();
        await Assert.ThrowsAsync<SimulatedCrashException>(async () =>
        {
            await foreach (var batch in BreakingAsync().InReadyBatchesAsync(4, Linger, _time, Cancellation))
            {
                seen.AddRange(batch);
            }
        });

        Assert.Equal([1, 2], seen);

        static async IAsyncEnumerable<int> BreakingAsync()
        {
            yield return 1;
            yield return 2;
            await Task.Yield();
            throw new SimulatedCrashException();
        }
    }

    [Fact]
    public async Task InReadyBatches_left_early_lets_the_source_rest()
    {
        var taken = 0;
        var ended = false;
        await foreach (var _ in EndlessAsync(CancellationToken.None).InReadyBatchesAsync(4, Linger, _time, Cancellation))
        {
            break;
        }

        Assert.True(ended);
        Assert.InRange(taken, 4, 10);

        async IAsyncEnumerable<int> EndlessAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                while (true)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return taken++;
                    await Task.Yield();
                }
            }
            finally
            {
                ended = true;
            }
        }
    }
}
