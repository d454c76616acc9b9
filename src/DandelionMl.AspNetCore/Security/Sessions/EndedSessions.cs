using System.Globalization;
using DandelionMl.Data;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>Sessions that were ended by signing out, known to every replica until their cookies expire. Thread-safe.</summary>
internal sealed class EndedSessions(SettingStore settings, IOptions<DandelionMlWebOptions> options, TimeProvider time)
{
    private const string Prefix = "ended-session/";

    public async Task AddAsync(string id, CancellationToken cancellationToken)
    {
        await settings.SetAsync(Prefix + id, (time.GetUtcNow() + options.Value.Admin.SessionLifetime).ToString("O", CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
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
