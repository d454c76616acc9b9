namespace DandelionMl.Registry;

/// <summary>Stores the trained models: numbered versions with their artifacts, training photos and metrics, and which one is the
/// champion. Thread-safe; several processes may share one registry.</summary>
public interface IModelRegistry
{
    /// <summary>Adds a version as a candidate. Its artifact is written before the version is seen; a crash between leaves nothing
    /// visible. Where a version is registered under the same <see cref="ModelRegistration.RequestId"/> already, that one is the
    /// answer.</summary>
    /// <param name="registration">The model and its lineage.</param>
    /// <param name="cancellationToken">Cancels the call; no version is added then.</param>
    Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellationToken = default);

    /// <summary>Makes a version the champion by hand, regardless of its state and the gate's verdict, and archives the previous one, in
    /// one transaction. Does nothing for the champion itself.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="reason">The reason, kept in the history.</param>
    /// <param name="actor">Who does it, kept in the history: 1 to 200 characters.</param>
    /// <param name="expectedChampion">The version that must be the champion before; null for any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="ChampionChangedException">Another version is the champion; nothing is changed.</exception>
    /// <exception cref="ArgumentException">There is no reason or no actor.</exception>
    Task<ModelVersion> PromoteAsync(
        int version, string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default);

    /// <summary>Applies a verdict in one transaction: the candidate becomes the champion and the previous one is archived, or the
    /// candidate is rejected; the verdict is stored with it. A version that is no longer a candidate stays as it is, so that the call
    /// can be repeated.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="verdict">The gate's verdict.</param>
    /// <param name="actor">Who judged it, kept in the history: 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The version as it is now.</returns>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="ChampionChangedException">The champion is not the one that the verdict compared with; nothing is
    /// changed.</exception>
    /// <exception cref="ArgumentException">There is no actor.</exception>
    Task<ModelVersion> DecideAsync(int version, GateVerdict verdict, string actor, CancellationToken cancellationToken = default);

    /// <summary>Rolls back to the previous champion and archives the current one, in one transaction. Each rollback undoes the
    /// last promotion that is not yet undone, so a second one goes further back.</summary>
    /// <param name="reason">The reason, kept in the history.</param>
    /// <param name="actor">Who does it, kept in the history: 1 to 200 characters.</param>
    /// <param name="expectedChampion">The version to roll back from, so that two simultaneous calls go back only one step; null for the
    /// current champion.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The champion now.</returns>
    /// <exception cref="NoPreviousChampionException">There is none; nothing is changed.</exception>
    /// <exception cref="ChampionChangedException">Another version is the champion; nothing is changed.</exception>
    /// <exception cref="ArgumentException">There is no reason or no actor.</exception>
    Task<ModelVersion> RollbackAsync(
        string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default);

    /// <summary>Keeps a note on a version, in the place of the one before; see <see cref="ModelVersion.Note"/>.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="note">The note, at most 500 characters; its lines become one, and control characters are left out. Null or empty for none.</param>
    /// <param name="actor">Who writes it: 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The version as it is now.</returns>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="ArgumentException">The note is too long, or there is no actor.</exception>
    Task<ModelVersion> AnnotateAsync(int version, string? note, string actor, CancellationToken cancellationToken = default);

    /// <summary>The version that is served; null while there is none.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ModelVersion?> GetChampionAsync(CancellationToken cancellationToken = default);

    /// <summary>A version by its number; null if there is none.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ModelVersion?> FindAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>The version that was registered under a <see cref="ModelRegistration.RequestId"/>; null if there is none.</summary>
    /// <param name="requestId">The id, 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ModelVersion?> FindByRequestAsync(string requestId, CancellationToken cancellationToken = default);

    /// <summary>All versions, the newest first.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads a version's artifact, checked against its SHA-256.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="Storage.ObjectCorruptedException">The artifact is not the one that was registered.</exception>
    Task<ModelArtifact> LoadArtifactAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>The exact images that a version was trained and tested on.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    Task<TrainingManifest> LoadManifestAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>Loss and accuracy of each epoch of a version's training; empty where none were registered.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    Task<IReadOnlyList<EpochMetrics>> LoadEpochsAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>Every change of state, in the order in which they were made.</summary>
    /// <param name="version">The version whose changes are listed; null for those of all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<ModelEvent>> ListEventsAsync(int? version = null, CancellationToken cancellationToken = default);

    /// <summary>The versions that were trained or tested on an image, the newest first.</summary>
    /// <param name="sha256">SHA-256 of the image's bytes, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<ImageUse>> FindVersionsOfImageAsync(string sha256, CancellationToken cancellationToken = default);
}
