using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DandelionMl.Data;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>The lock-out of <see cref="SignInLockout"/> over all hosts of a database, so that a client gains nothing by asking each of them. While the
/// database does not answer, each host counts by itself. Thread-safe.</summary>
internal sealed class SharedLockout(SignInLockout own, Database database, TimeProvider time, ILogger<SharedLockout> logger)
{
    // In the database as long as a client is remembered, without its address.
    private const string Prefix = "sign-in/";

    // Of many tries of one client at once, each loses against at most all that get through.
    private const int MostRaces = 2 * SignInLockout.FreeFailures;

    // Signing in is not to wait for a database that is frozen.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(1);

    /// <summary>Asks to try a password. The try counts as failed until <see cref="ForgetAsync"/>, so that many at once gain nothing.</summary>
    /// <returns>How long the client has to wait; null if it may try now.</returns>
    public Task<TimeSpan?> BeginAsync(string client) => AskAsync(session => BeginAsync(session, KeyOf(client)), () => own.Begin(client));

    /// <summary>Takes back what <see cref="BeginAsync(string)"/> counted, and all before: the password was right.</summary>
    public async Task ForgetAsync(string client)
    {
        own.Forget(client);
        await AskAsync(session => SettingRows.RemoveAsync(session, KeyOf(client)), () => 0).ConfigureAwait(false);
    }

    private async Task<TimeSpan?> BeginAsync(DatabaseSession session, string key)
    {
        for (var race = 0; race < MostRaces; race++)
        {
            var now = time.GetUtcNow();
            var stands = await SettingRows.GetAsync(session, key).ConfigureAwait(false);
            var failures = 0;
            if (stands is not null && Record.Parse(stands) is var record && record.Passed(now) is var passed && passed < SignInLockout.Memory)
            {
                if (SignInLockout.Delay(record.Failures) is var delay && passed < delay)
                {
                    return delay - passed;
                }

                failures = record.Failures;
            }

            // Nobody may have counted meanwhile.
            var counted = new Record(now, failures + 1).ToString();
            var changed = stands is null
                ? await session.ExecuteAsync(
                    "INSERT INTO settings (key, value) VALUES (@key, @value) ON CONFLICT (key) DO NOTHING",
                    [("key", key), ("value", counted)]).ConfigureAwait(false)
                : await session.ExecuteAsync(
                    "UPDATE settings SET value = @value WHERE key = @key AND value = @stands",
                    [("key", key), ("value", counted), ("stands", stands)]).ConfigureAwait(false);
            if (changed == 1)
            {
                await SweepAsync(session, now).ConfigureAwait(false);
                return null;
            }
        }

        return SignInLockout.FirstDelay;
    }

    /// <summary>Forgets clients that have been quiet for long enough.</summary>
    private static Task<int> SweepAsync(DatabaseSession session, DateTimeOffset now) => session.ExecuteAsync(
        "DELETE FROM settings WHERE key LIKE @prefix AND value < @quiet",
        [("prefix", Prefix + "%"), ("quiet", new Record(now - SignInLockout.Memory, 0).ToString())]);

    private async Task<T> AskAsync<T>(Func<DatabaseSession, Task<T>> ask, Func<T> otherwise)
    {
        try
        {
            return await database.WriteAsync(ask, CancellationToken.None).WaitAsync(LongestAnswer, time).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is DatabaseException or TimeoutException)
        {
            LockoutLog.CountedAlone(logger, exception.Message);
            return otherwise();
        }
    }

    private static string KeyOf(string client) => Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(client)));

    /// <summary>A client's failures, as text that is ordered by the time of the last.</summary>
    private readonly record struct Record(DateTimeOffset Last, int Failures)
    {
        public static Record Parse(string text) => new(
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text.AsSpan(0, 15), CultureInfo.InvariantCulture)),
            int.Parse(text.AsSpan(16), CultureInfo.InvariantCulture));

        /// <summary>Time since the last failure. One in the future was noted by a clock that was wrong: it is forgotten.</summary>
        public TimeSpan Passed(DateTimeOffset now) => Last > now + SignInLockout.LongestDelay ? SignInLockout.Memory
            : now > Last ? now - Last : TimeSpan.Zero;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Last.ToUnixTimeMilliseconds():D15} {Failures}");
    }
}
