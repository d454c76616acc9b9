using DandelionMl.AspNetCore.Security.Limits;
using DandelionMl.Data;
using DandelionMl.Tool.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.AspNetCore.Tests.Security.Limits;

public sealed class SharedLockoutTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Database _database;

    public SharedLockoutTests() => _database = Database.OpenSqlite(_folder["shared.db"]);

    [Fact]
    public async Task Begin_counts_the_failures_at_all_hosts()
    {
        SharedLockout[] hosts = [Host(), Host(), Host()];
        for (var i = 0; i < SignInLockout.FreeFailures; i++)
        {
            Assert.Null(await hosts[i % 3].BeginAsync("a"));
        }

        foreach (var seconds in new[] { 15, 30, 60 })
        {
            Assert.All(await Task.WhenAll(hosts.Select(host => host.BeginAsync("a"))), wait => Assert.Equal(TimeSpan.FromSeconds(seconds), wait));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Null(await hosts[seconds % 2].BeginAsync("a"));
        }

        Assert.Null(await hosts[0].BeginAsync("b"));
    }

    [Fact]
    public async Task Begin_at_all_hosts_at_once_gains_nothing()
    {
        SharedLockout[] hosts = [Host(), Host(), Host()];

        var waits = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => hosts[number % 3].BeginAsync("a")));

        Assert.Equal(SignInLockout.FreeFailures, waits.Count(wait => wait is null));
    }

    [Fact]
    public async Task Forget_at_one_host_starts_anew_at_all()
    {
        var (one, other) = (Host(), Host());
        await FailAsync(one, SignInLockout.FreeFailures - 1);
        await other.ForgetAsync("a");

        await FailAsync(one, SignInLockout.FreeFailures);
        Assert.NotNull(await other.BeginAsync("a"));
    }

    [Fact]
    public async Task Begin_after_a_quiet_hour_starts_anew_and_leaves_nothing_behind()
    {
        await FailAsync(Host(), SignInLockout.FreeFailures);
        _time.Advance(SignInLockout.Memory + TimeSpan.FromSeconds(1));

        Assert.Null(await Host().BeginAsync("b"));

        Assert.Single(await new SettingStore(_database).ListAsync("sign-in/", TestContext.Current.CancellationToken));
        await FailAsync(Host(), SignInLockout.FreeFailures);
    }

    [Fact]
    public async Task Begin_does_not_wait_for_what_a_wrong_clock_noted()
    {
        _time.SetUtcNow(_time.GetUtcNow().AddYears(5));
        await FailAsync(Host(), SignInLockout.FreeFailures);

        var others = new FakeTimeProvider(_time.GetUtcNow().AddYears(-5));

        Assert.Null(await new SharedLockout(new SignInLockout(others), _database, others, NullLogger<SharedLockout>.Instance).BeginAsync("a"));
    }

    [Fact]
    public async Task Begin_keeps_no_address()
    {
        await Host().BeginAsync("192.0.2.7");

        var (key, value) = Assert.Single(await new SettingStore(_database).ListAsync("sign-in/", TestContext.Current.CancellationToken));
        Assert.DoesNotContain("192", key + value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Begin_without_a_database_counts_at_each_host()
    {
        Directory.CreateDirectory(_folder["taken.db"]);
        await using var broken = Database.OpenSqlite(_folder["taken.db"]);
        var host = new SharedLockout(new SignInLockout(_time), broken, _time, NullLogger<SharedLockout>.Instance);

        await FailAsync(host, SignInLockout.FreeFailures);

        Assert.Equal(SignInLockout.FirstDelay, await host.BeginAsync("a"));
        await host.ForgetAsync("a");
        Assert.Null(await host.BeginAsync("a"));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    private SharedLockout Host() => new(new SignInLockout(_time), _database, _time, NullLogger<SharedLockout>.Instance);

    private static async Task FailAsync(SharedLockout host, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Null(await host.BeginAsync("a"));
        }
    }
}
