using DandelionMl.Registry;

namespace DandelionMl.Tests.Support;

/// <summary>A registry on another one, for tests to change a single call of.</summary>
internal abstract class RegistryDecorator(IModelRegistry inner) : IModelRegistry
{
    public virtual Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellationToken = default) =>
        inner.RegisterAsync(registration, cancellationToken);

    public virtual Task<ModelVersion> PromoteAsync(
        int version, string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default) =>
        inner.PromoteAsync(version, reason, actor, expectedChampion, cancellationToken);

    public virtual Task<ModelVersion> DecideAsync(
        int version, GateVerdict verdict, string actor, CancellationToken cancellationToken = default) =>
        inner.DecideAsync(version, verdict, actor, cancellationToken);

    public virtual Task<ModelVersion> RollbackAsync(
        string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default) =>
        inner.RollbackAsync(reason, actor, expectedChampion, cancellationToken);

    public virtual Task<ModelVersion> AnnotateAsync(
        int version, string? note, string actor, CancellationToken cancellationToken = default) =>
        inner.AnnotateAsync(version, note, actor, cancellationToken);

    public virtual Task<ModelVersion?> GetChampionAsync(CancellationToken cancellationToken = default) => inner.GetChampionAsync(cancellationToken);

    public virtual Task<ModelVersion?> FindAsync(int version, CancellationToken cancellationToken = default) =>
        inner.FindAsync(version, cancellationToken);

    public virtual Task<ModelVersion?> FindByRequestAsync(string requestId, CancellationToken cancellationToken = default) =>
        inner.FindByRequestAsync(requestId, cancellationToken);

    public virtual Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken = default) => inner.ListAsync(cancellationToken);

    public virtual Task<ModelArtifact> LoadArtifactAsync(int version, CancellationToken cancellationToken = default) =>
        inner.LoadArtifactAsync(version, cancellationToken);

    public virtual Task<TrainingManifest> LoadManifestAsync(int version, CancellationToken cancellationToken = default) =>
        inner.LoadManifestAsync(version, cancellationToken);

    public virtual Task<IReadOnlyList<EpochMetrics>> LoadEpochsAsync(int version, CancellationToken cancellationToken = default) =>
        inner.LoadEpochsAsync(version, cancellationToken);

    public virtual Task<IReadOnlyList<ModelEvent>> ListEventsAsync(int? version = null, CancellationToken cancellationToken = default) =>
        inner.ListEventsAsync(version, cancellationToken);

    public virtual Task<IReadOnlyList<ImageUse>> FindVersionsOfImageAsync(string sha256, CancellationToken cancellationToken = default) =>
        inner.FindVersionsOfImageAsync(sha256, cancellationToken);
}
