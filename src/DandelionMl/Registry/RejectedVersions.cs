using DandelionMl.Catalog.Pairing;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Registry;

/// <summary>Deletes versions that the gate rejected long ago, with their artifacts and their records of training photos, which are most of what
/// a version takes. Thread-safe; several processes may do so at a time.</summary>
/// <remarks>The newest version stays, since the next training is compared with it, and so does one with a note, since somebody looked at it.
/// Numbers are not given out again.</remarks>
/// <param name="database">The registry's database.</param>
/// <param name="store">Where the artifacts are.</param>
/// <param name="pairing">Makes sure that both belong together.</param>
/// <param name="time">The time.</param>
/// <param name="retention">How long a rejected version is kept by default; zero for ever.</param>
internal sealed class RejectedVersions(Database database, IImageStore store, StorePairing pairing, TimeProvider time, TimeSpan retention)
{
    /// <summary>The shortest time for which one is kept: a day that is not over may still number its artifacts.</summary>
    public static readonly TimeSpan ShortestRetention = TimeSpan.FromDays(1);

    /// <summary>How long a rejected version is kept by default; zero for ever.</summary>
    public TimeSpan Retention => retention;

    /// <summary>The versions that were rejected too long ago, the oldest first.</summary>
    /// <param name="keptFor">How long one is kept, at least a day; zero for ever.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<int>> FindAsync(TimeSpan keptFor, CancellationToken cancellationToken) =>
        [.. (await ListAsync(keptFor, cancellationToken).ConfigureAwait(false)).Select(rejected => rejected.Version)];

    /// <summary>Deletes them.</summary>
    /// <param name="keptFor">How long one is kept, at least a day; zero for ever.</param>
    /// <param name="cancellationToken">Ends it between two versions.</param>
    /// <returns>What was deleted.</returns>
    /// <exception cref="DatabaseException">The store and the database do not belong together, or the database does not answer.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public async Task<IReadOnlyList<int>> DeleteAsync(TimeSpan keptFor, CancellationToken cancellationToken)
    {
        var (deleted, rejected) = (new List<int>(), await ListAsync(keptFor, cancellationToken).ConfigureAwait(false));
        if (rejected.Count > 0)
        {
            await pairing.RecheckAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (var (version, artifact) in rejected)
        {
            // The row first: an artifact without one is what reconciling removes; a row without its artifact would be a damaged version.
            if (await database.WriteIdempotentAsync(session => DeleteAsync(session, version), cancellationToken).ConfigureAwait(false))
            {
                await store.DeleteAsync(artifact, cancellationToken).ConfigureAwait(false);
                deleted.Add(version);
            }
        }

        return deleted;
    }

    private async Task<List<(int Version, string Artifact)>> ListAsync(TimeSpan keptFor, CancellationToken cancellationToken) =>
        keptFor == TimeSpan.Zero ? [] : await database.ReadAsync(session => session.QueryAsync(
            """
            SELECT version, artifact_key FROM model_versions
            WHERE state = @rejected AND note IS NULL AND state_changed_at < @before AND created_at < @before
                AND version < (SELECT MAX(version) FROM model_versions WHERE state <> @reserved)
            ORDER BY version
            """,
            [
                ("rejected", ModelStateText.Rejected), ("reserved", ModelStateText.Reserved), ("before", time.GetUtcMicroseconds() - keptFor),
            ],
            static row => (checked((int)row.GetFieldValue<long>(0)), row.GetFieldValue<string>(1))), cancellationToken).ConfigureAwait(false);

    /// <returns>Whether it is gone now; not so if it was before, or somebody promoted it or wrote a note meanwhile.</returns>
    private static async Task<bool> DeleteAsync(DatabaseSession session, int version)
    {
        SqlParameters parameters = [("version", version), ("rejected", ModelStateText.Rejected)];
        const string isRejected = "version = @version AND state = @rejected AND note IS NULL";

        // Takes the row, so that nobody changes it meanwhile.
        if (await session.ExecuteAsync($"UPDATE model_versions SET state = @rejected WHERE {isRejected}", parameters).ConfigureAwait(false) == 0)
        {
            return false;
        }

        await session.ExecuteAsync("DELETE FROM model_manifest_images WHERE version = @version", parameters).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM model_events WHERE version = @version", parameters).ConfigureAwait(false);
        return await session.ExecuteAsync("DELETE FROM model_versions WHERE version = @version", parameters).ConfigureAwait(false) == 1;
    }
}
