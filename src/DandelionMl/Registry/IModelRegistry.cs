namespace DandelionMl.Registry;

/// <summary>Keeps every trained model: numbered versions, their artifacts, what they were trained on and how well they did, and which
/// one is the champion. Thread-safe; several processes may share one registry.</summary>
public interface IModelRegistry
{
    /// <summary>Adds a version as a candidate. Its artifact is written before the version is seen; a crash between leaves nothing
    /// visible.</summary>
    /// <param name="registration">The model and its lineage.</param>
    /// <param name="cancellationToken">Cancels the call; no version is added then.</param>
    Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellationToken = default);

    /// <summary>Makes a version the champion and archives the one before, in one transaction.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="reason">Why, for the record.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    Task<ModelVersion> PromoteAsync(int version, string reason, CancellationToken cancellationToken = default);

    /// <summary>The version that is served; null while there is none.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ModelVersion?> GetChampionAsync(CancellationToken cancellationToken = default);

    /// <summary>A version by its number; null if there is none.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ModelVersion?> FindAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>All versions, the newest first.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads a version's artifact, checked against its SHA-256.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    /// <exception cref="Storage.ObjectCorruptedException">The artifact is not the one that was registered.</exception>
    Task<ModelArtifact> LoadArtifactAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>The exact images that a version was trained and tested on.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    Task<TrainingManifest> LoadManifestAsync(int version, CancellationToken cancellationToken = default);
}
