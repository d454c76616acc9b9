using DandelionMl.AspNetCore.Security.Limits;

namespace DandelionMl.AspNetCore.Tests.Security.Limits;

public sealed class MemoryBudgetTests
{
    private readonly MemoryBudget _budget = new(100);

    [Fact]
    public async Task TakeAsync_lets_in_what_fits_and_the_next_once_there_is_room()
    {
        var first = await _budget.TakeAsync(60, Token);
        var second = _budget.TakeAsync(60, Token);
        var third = _budget.TakeAsync(10, Token);

        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted); // It came later.
        first.Dispose();
        using var room = await second;
        using var other = await third;
    }

    [Fact]
    public async Task TakeAsync_more_than_all_is_let_in_alone()
    {
        using (await _budget.TakeAsync(1_000, Token))
        {
            Assert.False(_budget.TakeAsync(1, Token).IsCompleted);
        }
    }

    [Fact]
    public async Task TakeAsync_cancelled_wait_holds_up_nobody()
    {
        using var room = await _budget.TakeAsync(60, Token);
        using var cancellation = new CancellationTokenSource();
        var large = _budget.TakeAsync(60, cancellation.Token);
        var small = _budget.TakeAsync(40, Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        using var other = await small;
    }

    [Fact]
    public async Task Dispose_twice_gives_once()
    {
        var room = await _budget.TakeAsync(100, Token);
        room.Dispose();
        room.Dispose();

        using var all = await _budget.TakeAsync(100, Token);
        Assert.False(_budget.TakeAsync(1, Token).IsCompleted);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
