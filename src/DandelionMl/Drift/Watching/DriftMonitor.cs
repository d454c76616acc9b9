using DandelionMl.Data;
using DandelionMl.Drift.Detection;
using DandelionMl.Registry;

namespace DandelionMl.Drift.Watching;

/// <summary>Tells how the photos that the champion serves have changed. Thread-safe.</summary>
internal sealed class DriftMonitor(Database database, IModelRegistry registry, TimeProvider time)
{
    /// <summary>For so many days the counts by day are kept.</summary>
    public const int MostDays = 400;

    /// <summary>What is known of the photos that the champion served.</summary>
    /// <returns>The state; null if there is no champion, or it has served none.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<ServedDrift?> FindAsync(CancellationToken cancellationToken)
    {
        if (await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false) is not { Version: var version })
        {
            return null;
        }

        var state = await database.ReadAsync(session => DriftRows.FindAsync(session, version), cancellationToken).ConfigureAwait(false);
        return state is null ? null : new ServedDrift(version, state);
    }

    /// <summary>Acknowledges the alarm that stands, and watches anew.</summary>
    /// <param name="actor">Who, 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<bool> AcknowledgeAsync(string actor, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(actor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(actor.Length, 200, nameof(actor));
        if (await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false) is not { Version: var version })
        {
            return false;
        }

        var now = time.GetUtcMicroseconds();
        return await database.WriteAsync(
            async session =>
            {
                if (await DriftRows.FindAsync(session, version).ConfigureAwait(false) is not { Alarm: not null } state)
                {
                    return false;
                }

                await DriftRows.SetAsync(session, version, DriftDetector.Restart(state, actor, now), now).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Served photos by day, version and class.</summary>
    /// <param name="days">How many days, up to today.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public Task<List<ServedDay>> ListDaysAsync(int days, CancellationToken cancellationToken) => database.ReadAsync(
        session => ServedDayRows.ListAsync(session, ServedDay.Of(time.GetUtcNow().AddDays(1 - days))), cancellationToken);
}

/// <summary>What is known of the photos that a version served.</summary>
/// <param name="ModelVersion">The version.</param>
/// <param name="State">What is known.</param>
internal sealed record ServedDrift(int ModelVersion, DriftState State);
