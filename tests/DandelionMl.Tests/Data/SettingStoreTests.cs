using DandelionMl.Data;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Data;

public sealed class SettingStoreTests : IAsyncDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task Get_unknown_key_gives_null() => Assert.Null(await Open().GetAsync("backbone", Cancellation));

    [Fact]
    public async Task TrySetOnce_second_value_gives_the_first()
    {
        Assert.Equal("dinov2", await Open().TrySetOnceAsync("backbone", "dinov2", Cancellation));
        Assert.Equal("dinov2", await Open().TrySetOnceAsync("backbone", "builtin", Cancellation));
        Assert.Equal("dinov2", await Open().GetAsync("backbone", Cancellation));
    }

    [Fact]
    public async Task TrySetOnce_racing_processes_agree()
    {
        var stores = new[] { Open(), Open() };
        var values = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => stores[i % 2].TrySetOnceAsync("backbone", $"{i}", Cancellation))));

        Assert.Single(values.Distinct());
    }

    [Fact]
    public async Task Set_replaces()
    {
        await Open().TrySetOnceAsync("backbone", "dinov2", Cancellation);
        await Open().SetAsync("backbone", "builtin", Cancellation);

        Assert.Equal("builtin", await Open().GetAsync("backbone", Cancellation));
    }

    [Fact]
    public async Task List_gives_the_keys_of_the_prefix_to_the_case()
    {
        foreach (var key in new[] { "ring/b", "ring/a", "Ring/c", "ring", "rin%/d" })
        {
            await Open().SetAsync(key, key, Cancellation);
        }

        Assert.Equal(["ring/a", "ring/b"], (await Open().ListAsync("ring/", Cancellation)).Keys);
        Assert.Equal(["rin%/d"], (await Open().ListAsync("rin%", Cancellation)).Values);
    }

    [Fact]
    public async Task Remove_leaves_no_value_and_may_be_repeated()
    {
        await Open().SetAsync("backbone", "dinov2", Cancellation);

        await Open().RemoveAsync("backbone", Cancellation);
        await Open().RemoveAsync("backbone", Cancellation);

        Assert.Null(await Open().GetAsync("backbone", Cancellation));
    }

    private SettingStore Open() => new(_file.Open());
}
