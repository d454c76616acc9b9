using DandelionMl.Catalog;
using DandelionMl.Data;

namespace DandelionMl.Retraining;

/// <summary>The photos that reviewers gave a label and that no retraining has taken yet, and the watermarks that say which retraining took
/// which: each photo is in exactly one. Thread-safe; several processes may share it.</summary>
internal sealed class ValidatedPhotos
{
    private const int MaxClaimantLength = 200;
    private const string IsNew = "p.state = @validated AND u.watermark IS NULL AND u.decision IS NOT NULL";

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal ValidatedPhotos(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
    }

    /// <summary>Counts the photos that no retraining has taken yet, by label.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyDictionary<string, int>> CountNewAsync(CancellationToken cancellationToken = default)
    {
        var counts = await _database.ReadAsync(
            session => session.QueryAsync(
                $"SELECT p.label, COUNT(*) FROM uploads u JOIN plants_data p ON p.id = u.image_id WHERE {IsNew} GROUP BY p.label",
                [("validated", ImageStateText.Validated)],
                static row => KeyValuePair.Create(row.GetFieldValue<string>(0), checked((int)row.GetFieldValue<long>(1)))),
            cancellationToken).ConfigureAwait(false);
        return new Dictionary<string, int>(counts, StringComparer.Ordinal);
    }

    /// <summary>Takes all photos that no retraining has taken yet: from now on they are counted for this one, and their reviews can't be
    /// undone. Called again by the same claimant, it takes none more.</summary>
    /// <param name="claimant">The retraining, by a name that no other has; 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call; nothing is taken then.</param>
    /// <returns>The watermark: its number, and the number of photos below it.</returns>
    public async Task<Watermark> ClaimAsync(string claimant, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(claimant);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(claimant.Length, MaxClaimantLength);
        var now = _time.GetUtcMicroseconds();
        return await _database.WriteIdempotentAsync(session => ClaimAsync(session, claimant, now), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Watermark> ClaimAsync(DatabaseSession session, string claimant, DateTimeOffset now)
    {
        var id = await session.ScalarAsync<long?>(
            "INSERT INTO retrain_watermarks (claimed_by, at) VALUES (@claimant, @now) ON CONFLICT DO NOTHING RETURNING id",
            [("claimant", claimant), ("now", now)]).ConfigureAwait(false);
        if (id is not null)
        {
            // Of a claim and an undoing at one time, the one that comes second finds its condition false.
            await session.ExecuteAsync(
                $"""
                UPDATE uploads SET watermark = @id WHERE watermark IS NULL AND decision IS NOT NULL AND image_id IN
                    (SELECT p.id FROM uploads u JOIN plants_data p ON p.id = u.image_id WHERE {IsNew})
                """,
                [("id", id), ("validated", ImageStateText.Validated)]).ConfigureAwait(false);
        }

        id ??= await session.ScalarAsync<long>("SELECT id FROM retrain_watermarks WHERE claimed_by = @claimant", [("claimant", claimant)]).ConfigureAwait(false);
        var photos = await session.ScalarAsync<long>("SELECT COUNT(*) FROM uploads WHERE watermark = @id", [("id", id)]).ConfigureAwait(false);
        return new Watermark(id.Value, checked((int)photos));
    }
}

/// <summary>What a retraining took.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Photos">Number of photos.</param>
internal sealed record Watermark(long Id, int Photos);
