using DandelionMl.Data;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Data;

public sealed class BoundedCheckTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task CheckAsync_server_that_never_answers_is_given_up_after_the_limit_and_at_once_from_then_on()
    {
        var (asked, answer) = (0, new TaskCompletionSource());
        var check = new BoundedCheck("The server", _ => { Interlocked.Increment(ref asked); return answer.Task; }, _time);

        var first = check.CheckAsync(Token);
        _time.Advance(BoundedCheck.Limit);
        var error = await Assert.ThrowsAsync<DatabaseException>(() => first);
        Assert.Equal("The server did not answer within 0.5 seconds.", error.Message);
        Assert.False(await check.IsAnsweringAsync(Token));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await check.IsAnsweringAsync(Token));
        Assert.InRange(asked, 0, 1);

        answer.SetResult();
        await answer.Task;
        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.IsAsync(async () => await check.IsAnsweringAsync(Token));
    }

    [Fact]
    public async Task CheckAsync_longer_limit_waits_longer_but_not_for_an_older_question()
    {
        var answer = new TaskCompletionSource();
        var check = new BoundedCheck("The server", _ => answer.Task, _time);

        var patient = check.CheckAsync(TimeSpan.FromSeconds(1.5), Token);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(patient.IsCompleted);
        Assert.False(await check.IsAnsweringAsync(Token));

        _time.Advance(TimeSpan.FromSeconds(0.5));
        var error = await Assert.ThrowsAsync<DatabaseException>(() => patient);
        Assert.Equal("The server did not answer within 1.5 seconds.", error.Message);
        Assert.Equal(
            "The server did not answer within 1.5 seconds.",
            (await Assert.ThrowsAsync<DatabaseException>(() => check.CheckAsync(TimeSpan.FromSeconds(1.5), Token))).Message);
    }

    [Fact]
    public async Task CheckAsync_what_was_found_holds_for_a_second()
    {
        var asked = 0;
        var check = new BoundedCheck("The server", _ => { asked++; return Task.CompletedTask; }, _time);

        await check.CheckAsync(Token);
        await check.CheckAsync(Token);
        Assert.Equal(1, asked);

        _time.Advance(TimeSpan.FromSeconds(1));
        await check.CheckAsync(Token);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task CheckAsync_error_is_told_to_all_who_ask()
    {
        var check = new BoundedCheck(
            "The server", _ => Task.FromException(new DatabaseException(DatabaseFailure.AccessDenied, "no")), _time);

        Assert.Equal("no", (await Assert.ThrowsAsync<DatabaseException>(() => check.CheckAsync(Token))).Message);
        Assert.False(await check.IsAnsweringAsync(Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
