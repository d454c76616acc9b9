using System.Data.Common;
using System.Text.Json;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Storage;

namespace DandelionMl.Registry;

/// <summary>The rows of <c>model_versions</c> and the record of their changes in <c>model_events</c>.</summary>
internal static class ModelRows
{
    private const string Columns =
        """
        version, state, artifact_key, artifact_sha256, backbone_id, preprocessing_id, backbone_sha256, labels, manifest_sha256, options,
        metrics, created_at
        """;

    private const string InsertSql =
        """
        INSERT INTO model_versions (state, artifact_key, artifact_folder, artifact_number, artifact_sha256, backbone_id, backbone_sha256,
            preprocessing_id, labels, options, metrics, manifest_sha256, created_at)
        VALUES (@state, @key, @folder, @number, @artifactSha256, @backbone, @backboneSha256,
            @preprocessing, @labels, @options, @metrics, @manifestSha256, @now)
        RETURNING version
        """;

    /// <summary>Takes the next version number and the next free artifact number of the day.</summary>
    public static async Task<ModelReservation> ReserveAsync(
        DatabaseSession session,
        ModelRegistration registration,
        string manifestSha256,
        string artifactSha256,
        string artifactName,
        DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var folder = $"{day:yyyy-MM-dd}/{artifactName}";
        var last = await session.ScalarAsync<int?>(
            "SELECT MAX(artifact_number) FROM model_versions WHERE artifact_folder = @folder", new { folder });
        var number = (last ?? -1) + 1;
        var key = StorageKeys.Model(day, artifactName, number);
        var version = await session.ScalarAsync<long>(InsertSql, new
        {
            state = ModelStateText.Reserved,
            key,
            folder,
            number,
            artifactSha256,
            backbone = registration.Artifact.Space.BackboneId,
            backboneSha256 = registration.Artifact.BackboneSha256,
            preprocessing = registration.Artifact.Space.PreprocessingId,
            labels = JsonSerializer.Serialize(registration.Artifact.Labels, RegistryJson.Default.IReadOnlyListString),
            options = registration.Options,
            metrics = JsonSerializer.Serialize(registration.Metrics, RegistryJson.Default.ModelMetrics),
            manifestSha256,
            now,
        });
        return new ModelReservation(checked((int)version), key);
    }

    /// <summary>Moves a version from one state to another and records it.</summary>
    /// <exception cref="LostRaceException">The version is not in the state it was thought to be in.</exception>
    public static async Task MoveAsync(
        DatabaseSession session, int version, string fromState, string toState, string reason, DateTimeOffset now)
    {
        var moved = await session.ExecuteAsync(
            "UPDATE model_versions SET state = @toState WHERE version = @version AND state = @fromState",
            new { version, fromState, toState });
        if (moved != 1)
        {
            throw new LostRaceException($"Model version {version} is no longer {fromState}.");
        }

        await session.ExecuteAsync(
            """
            INSERT INTO model_events (version, from_state, to_state, reason, at)
            VALUES (@version, @fromState, @toState, @reason, @now)
            """,
            new { version, fromState, toState, reason, now });
    }

    public static Task<ModelVersion?> FindAsync(DatabaseSession session, int version) => session.FirstOrDefaultAsync(
        $"SELECT {Columns} FROM model_versions WHERE version = @version AND state <> @reserved",
        new { version, reserved = ModelStateText.Reserved },
        Read);

    public static Task<ModelVersion?> FindChampionAsync(DatabaseSession session) => session.FirstOrDefaultAsync(
        $"SELECT {Columns} FROM model_versions WHERE state = @champion", new { champion = ModelStateText.Champion }, Read);

    public static async Task<IReadOnlyList<ModelVersion>> ListAsync(DatabaseSession session) => await session.QueryAsync(
        $"SELECT {Columns} FROM model_versions WHERE state <> @reserved ORDER BY version DESC",
        new { reserved = ModelStateText.Reserved },
        Read);

    private static ModelVersion Read(DbDataReader row) => new(
        checked((int)row.GetFieldValue<long>(0)),
        ModelStateText.Parse(row.GetFieldValue<string>(1)),
        row.GetFieldValue<string>(2),
        row.GetFieldValue<string>(3),
        new EmbeddingSpace(row.GetFieldValue<string>(4), row.GetFieldValue<string>(5)),
        row.GetFieldValue<string>(6),
        JsonSerializer.Deserialize(row.GetFieldValue<string>(7), RegistryJson.Default.IReadOnlyListString)!,
        row.GetFieldValue<string>(8),
        row.GetFieldValue<string>(9),
        JsonSerializer.Deserialize(row.GetFieldValue<string>(10), RegistryJson.Default.ModelMetrics)!,
        row.GetFieldValue<DateTimeOffset>(11));
}

/// <summary>What a registration has taken for itself.</summary>
internal sealed record ModelReservation(int Version, string ArtifactKey);
