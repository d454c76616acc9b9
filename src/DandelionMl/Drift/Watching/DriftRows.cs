using System.Text.Json;
using DandelionMl.Data;
using DandelionMl.Drift.Detection;

namespace DandelionMl.Drift.Watching;

/// <summary>The rows of <c>drift_states</c>: what is known of the photos that each version served.</summary>
internal static class DriftRows
{
    public static async Task<DriftState?> FindAsync(DatabaseSession session, int modelVersion) =>
        await session.ScalarAsync<string>(
            "SELECT state FROM drift_states WHERE model_version = @version", [("version", (long)modelVersion)]).ConfigureAwait(false) is { } json
            ? JsonSerializer.Deserialize(json, DriftJson.Default.DriftState)
            : null;

    public static Task<int> SetAsync(DatabaseSession session, int modelVersion, DriftState state, DateTimeOffset now) => session.ExecuteAsync(
        """
        INSERT INTO drift_states (model_version, state, updated_at) VALUES (@version, @state, @now)
        ON CONFLICT (model_version) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at
        """,
        [("version", (long)modelVersion), ("state", JsonSerializer.Serialize(state, DriftJson.Default.DriftState)), ("now", now)]);
}
