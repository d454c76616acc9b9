using System.Globalization;
using DandelionMl.Data;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>Sessions that were ended by signing out, known to every replica until no cookie of theirs is good any longer. Thread-safe.</summary>
internal sealed class EndedSessions(SettingStore settings, TimeProvider time)
{
    private const string Prefix = "ended-session/";

    /// <summary>Notes that a session was ended.</summary>
    /// <param name="id">The session.</param>
    /// <param name="end">When it would have ended, however much it was used.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task AddAsync(string id, DateTimeOffset end, CancellationToken cancellationToken)
    {
        await settings.SetAsync(Prefix + id, end.ToString("O", CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
        foreach (var (key, until) in await settings.ListAsync(Prefix, cancellationToken).ConfigureAwait(false))
        {
            if (DateTimeOffset.Parse(until, CultureInfo.InvariantCulture) < time.GetUtcNow())
            {
                await settings.RemoveAsync(key, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async Task<bool> ContainsAsync(string id, CancellationToken cancellationToken) =>
        await settings.GetAsync(Prefix + id, cancellationToken).ConfigureAwait(false) is not null;
}
