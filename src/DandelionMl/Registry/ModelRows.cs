using System.Data.Common;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Registry;

/// <summary>The rows of <c>model_versions</c> and the record of their changes in <c>model_events</c>.</summary>
internal static class ModelRows
{
    private const string Columns =
        """
        version, state, artifact_key, artifact_sha256, backbone_id, preprocessing_id, backbone_sha256, labels, manifest_sha256, options,
        metrics, created_at, environment, verdict, state_changed_at, note, note_by, note_at,
        request_id, trained_on, training_seconds
        """;

    /// <summary>As long as the column is.</summary>
    private static readonly string MachineName = Environment.MachineName[..Math.Min(Environment.MachineName.Length, 200)];

    private const string InsertSql =
        """
        INSERT INTO model_versions (state, artifact_key, artifact_folder, artifact_number, artifact_sha256, backbone_id, backbone_sha256,
            preprocessing_id, labels, options, metrics, manifest_sha256, created_at, environment, epochs, request_id,
            trained_on, training_seconds)
        VALUES (@state, @key, @folder, @number, @artifactSha256, @backbone, @backboneSha256,
            @preprocessing, @labels, @options, @metrics, @manifestSha256, @now, @environment, @epochs, @requestId,
            @trainedOn, @trainingSeconds)
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
            "SELECT MAX(artifact_number) FROM model_versions WHERE artifact_folder = @folder", [("folder", folder)]).ConfigureAwait(false);
        var number = (last ?? -1) + 1;
        var key = StorageKeys.Model(day, artifactName, number);
        var version = await session.ScalarAsync<long>(
            InsertSql,
            [
                ("state", ModelStateText.Reserved),
                ("key", key),
                ("folder", folder),
                ("number", number),
                ("artifactSha256", artifactSha256),
                ("backbone", registration.Artifact.Space.BackboneId),
                ("backboneSha256", registration.Artifact.BackboneSha256),
                ("preprocessing", registration.Artifact.Space.PreprocessingId),
                ("labels", JsonSerializer.Serialize(registration.Artifact.Labels, RegistryJson.Default.IReadOnlyListString)),
                ("options", registration.Options),
                ("metrics", JsonSerializer.Serialize(registration.Metrics, RegistryJson.Default.ModelMetrics)),
                ("manifestSha256", manifestSha256),
                ("now", now),
                ("environment", JsonSerializer.Serialize(registration.Environment, RegistryJson.Default.IReadOnlyDictionaryStringString)),
                ("epochs", JsonSerializer.Serialize(registration.Epochs, RegistryJson.Default.IReadOnlyListEpochMetrics)),
                ("requestId", registration.RequestId),
                ("trainedOn", MachineName),
                ("trainingSeconds", registration.TrainingTime?.TotalSeconds),
            ]).ConfigureAwait(false);
        return new ModelReservation(checked((int)version), key);
    }

    /// <summary>Moves a version from one state to another and records it.</summary>
    /// <exception cref="LostRaceException">The version is not in the state it was thought to be in.</exception>
    public static async Task MoveAsync(
        DatabaseSession session, int version, string fromState, string toState, ModelChange change, string? reason = null)
    {
        var moved = await session.ExecuteAsync(
            "UPDATE model_versions SET state = @toState, state_changed_at = @at WHERE version = @version AND state = @fromState",
            [("version", version), ("fromState", fromState), ("toState", toState), ("at", change.At)]).ConfigureAwait(false);
        if (moved != 1)
        {
            throw new LostRaceException($"Model version {version} is no longer {fromState}.");
        }

        await ModelEventRows.InsertAsync(session, version, fromState, toState, change, reason ?? change.Reason).ConfigureAwait(false);
    }

    public static Task KeepVerdictAsync(DatabaseSession session, int version, GateVerdict verdict) => session.ExecuteAsync(
        "UPDATE model_versions SET verdict = @verdict WHERE version = @version",
        [("version", version), ("verdict", JsonSerializer.Serialize(verdict, RegistryJson.Default.GateVerdict))]);

    public static Task AnnotateAsync(DatabaseSession session, int version, string? note, string actor, DateTimeOffset at) => session.ExecuteAsync(
        "UPDATE model_versions SET note = @note, note_by = @actor, note_at = @at WHERE version = @version AND state <> @reserved",
        [
            ("version", version), ("note", note), ("actor", note is null ? null : actor), ("at", note is null ? null : at),
            ("reserved", ModelStateText.Reserved),
        ]);

    public static async Task<IReadOnlyList<EpochMetrics>> SelectEpochsAsync(DatabaseSession session, int version) =>
        await session.ScalarAsync<string>(
            "SELECT epochs FROM model_versions WHERE version = @version AND state <> @reserved",
            [("version", version), ("reserved", ModelStateText.Reserved)]).ConfigureAwait(false) is { } epochs
            ? JsonSerializer.Deserialize(epochs, RegistryJson.Default.IReadOnlyListEpochMetrics)!
            : throw new ModelNotFoundException(version);

    public static Task<ModelVersion?> FindAsync(DatabaseSession session, int version) => session.FirstOrDefaultAsync(
        $"SELECT {Columns} FROM model_versions WHERE version = @version AND state <> @reserved",
        [("version", version), ("reserved", ModelStateText.Reserved)],
        Read);

    public static Task<ModelVersion?> FindByRequestAsync(DatabaseSession session, string requestId) => session.FirstOrDefaultAsync(
        $"SELECT {Columns} FROM model_versions WHERE request_id = @requestId AND state <> @reserved",
        [("requestId", requestId), ("reserved", ModelStateText.Reserved)],
        Read);

    public static Task<ModelVersion?> FindChampionAsync(DatabaseSession session) => session.FirstOrDefaultAsync(
        $"SELECT {Columns} FROM model_versions WHERE state = @champion", [("champion", ModelStateText.Champion)], Read);

    public static async Task<IReadOnlyList<ModelVersion>> ListAsync(DatabaseSession session) => await session.QueryAsync(
        $"SELECT {Columns} FROM model_versions WHERE state <> @reserved ORDER BY version DESC",
        [("reserved", ModelStateText.Reserved)],
        Read).ConfigureAwait(false);

    private static ModelVersion Read(DbDataReader row) => new()
    {
        Version = checked((int)row.GetFieldValue<long>(0)),
        State = ModelStateText.Parse(row.GetFieldValue<string>(1)),
        ArtifactKey = row.GetFieldValue<string>(2),
        ArtifactSha256 = row.GetFieldValue<string>(3),
        Space = new EmbeddingSpace(row.GetFieldValue<string>(4), row.GetFieldValue<string>(5)),
        BackboneSha256 = row.GetFieldValue<string>(6),
        Labels = JsonSerializer.Deserialize(row.GetFieldValue<string>(7), RegistryJson.Default.IReadOnlyListString)!,
        ManifestSha256 = row.GetFieldValue<string>(8),
        Options = row.GetFieldValue<string>(9),
        Metrics = JsonSerializer.Deserialize(row.GetFieldValue<string>(10), RegistryJson.Default.ModelMetrics)!,
        CreatedAt = row.GetFieldValue<DateTimeOffset>(11),
        Environment = JsonSerializer.Deserialize(row.GetFieldValue<string>(12), RegistryJson.Default.IReadOnlyDictionaryStringString)!,
        Verdict = row.IsDBNull(13) ? null : JsonSerializer.Deserialize(row.GetFieldValue<string>(13), RegistryJson.Default.GateVerdict),
        StateChangedAt = row.GetFieldValue<DateTimeOffset>(14),
        Note = row.IsDBNull(15) ? null : row.GetFieldValue<string>(15),
        NoteBy = row.IsDBNull(16) ? null : row.GetFieldValue<string>(16),
        NoteAt = row.IsDBNull(17) ? null : row.GetFieldValue<DateTimeOffset>(17),
        RequestId = row.IsDBNull(18) ? null : row.GetFieldValue<string>(18),
        TrainedOn = row.IsDBNull(19) ? null : row.GetFieldValue<string>(19),
        TrainingTime = row.IsDBNull(20) ? null : TimeSpan.FromSeconds(row.GetFieldValue<double>(20)),
    };
}

/// <summary>What a registration has taken for itself.</summary>
internal sealed record ModelReservation(int Version, string ArtifactKey);
