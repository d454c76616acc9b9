using DandelionMl.Registry;

namespace DandelionMl.Tests.Support;

/// <summary>A registry in memory whose champion a test sets.</summary>
internal sealed class FakeRegistry : IModelRegistry
{
    private readonly List<(ModelVersion Version, ModelArtifact Artifact)> _models = [];

    public ModelVersion? Champion { get; private set; }

    /// <summary>Number of artifacts loaded.</summary>
    public int Loads { get; private set; }

    /// <summary>Adds a champion for 3-channel means that tells red from green, or the other way round.</summary>
    public ModelVersion Promote(IReadOnlyList<string> labels, float sign = 1, string? backboneSha256 = null, string backboneId = "fake")
    {
        var artifact = new ModelArtifact(labels, new(backboneId, "mean"), backboneSha256 ?? new string('0', 64), [-10 * sign, 10 * sign, 0], [0]);
        Champion = new ModelVersion(
            _models.Count + 1, ModelState.Champion, "key", "sha", artifact.Space, artifact.BackboneSha256, labels, "sha", "{}",
            new ModelMetrics(0, 0, 0, 0, [], []), DateTimeOffset.UnixEpoch);
        _models.Add((Champion, artifact));
        return Champion;
    }

    public Task<ModelVersion?> GetChampionAsync(CancellationToken cancellationToken = default) => Task.FromResult(Champion);

    public Task<ModelArtifact> LoadArtifactAsync(int version, CancellationToken cancellationToken = default)
    {
        Loads++;
        return Task.FromResult(_models[version - 1].Artifact);
    }

    public Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ModelVersion> PromoteAsync(
        int version, string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ModelVersion> DecideAsync(
        int version, GateVerdict verdict, string actor, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ModelVersion> RollbackAsync(
        string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<EpochMetrics>> LoadEpochsAsync(int version, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<ModelEvent>> ListEventsAsync(int? version = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<ImageUse>> FindVersionsOfImageAsync(string sha256, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ModelVersion?> FindAsync(int version, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ModelVersion?> FindByRequestAsync(string requestId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<TrainingManifest> LoadManifestAsync(int version, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
