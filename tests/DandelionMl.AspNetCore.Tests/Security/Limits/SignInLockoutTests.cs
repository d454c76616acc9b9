using DandelionMl.AspNetCore.Security.Limits;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.AspNetCore.Tests.Security.Limits;

public sealed class SignInLockoutTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SignInLockout _lockout;

    public SignInLockoutTests() => _lockout = new SignInLockout(_time);

    [Fact]
    public void Begin_after_the_free_failures_waits_twice_as_long_each_time_up_to_the_longest()
    {
        for (var i = 0; i < SignInLockout.FreeFailures; i++)
        {
            Assert.Null(_lockout.Begin("a"));
        }

        foreach (var seconds in new[] { 15, 30, 60, 120, 240, 480, 900, 900, 900 })
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), _lockout.Begin("a"));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Null(_lockout.Begin("a"));
        }
    }

    [Fact]
    public void Begin_after_the_clock_was_set_back_waits_no_longer()
    {
        _time.AdjustTime(_time.GetUtcNow().AddDays(30));
        Fail("a", SignInLockout.FreeFailures);
        _time.AdjustTime(_time.GetUtcNow().AddDays(-30));

        Assert.InRange(_lockout.Begin("a")!.Value, TimeSpan.FromSeconds(1), SignInLockout.LongestDelay);
    }

    [Fact]
    public void Begin_while_waiting_does_not_prolong_the_wait()
    {
        Fail("a", SignInLockout.FreeFailures);
        _time.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(TimeSpan.FromSeconds(5), _lockout.Begin("a"));
        }

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(_lockout.Begin("a"));
    }

    [Fact]
    public void Begin_of_another_client_does_not_wait()
    {
        Fail("a", SignInLockout.FreeFailures);

        Assert.Null(_lockout.Begin("b"));
    }

    [Fact]
    public void Begin_after_a_quiet_hour_starts_anew()
    {
        Fail("a", SignInLockout.FreeFailures);
        _time.Advance(SignInLockout.Memory);

        Fail("a", SignInLockout.FreeFailures);
    }

    [Fact]
    public void Forget_starts_anew()
    {
        Fail("a", SignInLockout.FreeFailures - 1);
        _lockout.Forget("a");

        Fail("a", SignInLockout.FreeFailures);
    }

    [Fact]
    public void Begin_of_very_many_clients_forgets_none_that_waits()
    {
        Fail("a", SignInLockout.FreeFailures);
        for (var i = 0; i < 3_000; i++)
        {
            Fail($"client {i}", 1);
        }

        Assert.Equal(SignInLockout.FirstDelay, _lockout.Begin("a"));
    }

    private void Fail(string client, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Null(_lockout.Begin(client));
        }
    }
}
