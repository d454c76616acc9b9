using DandelionMl.Registry;

namespace DandelionMl.Tests.Support;

/// <summary>A registry in memory whose champion a test sets.</summary>
internal sealed class FakeRegistry : IModelRegistry
{
    private readonly List<(ModelVersion Version, ModelArtifact Artifact)> _models = [];

    public ModelVersion? Champion { get; private set; }

    /// <summary>What asking for the champion raises; null for nothing.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Number of artifacts loaded.</summary>
    public int Loads { get; private set; }

    /// <summary>Adds a champion for 3-channel means that tells red from green, or the other way round.</summary>
    public ModelVersion Promote(IReadOnlyList<string> labels, float sign = 1, string? backboneSha256 = null, string backboneId = "fake")
    {
        var artifact = new ModelArtifact
        {
            Labels = labels,
            Space = new(backboneId, "mean"),
            BackboneSha256 = backboneSha256 ?? new string('0', 64),
            Weights = [-10 * sign, 10 * sign, 0],
            Bias = [0],
        };
        Champion = new ModelVersion
        {
            Version = _models.Count + 1,
            State = ModelState.Champion,
            ArtifactKey = "key",
            ArtifactSha256 = "sha",
            Space = artifact.Space,
            BackboneSha256 = artifact.BackboneSha256,
            Labels = labels,
            ManifestSha256 = "sha",
            Options = "{}",
            Metrics = new ModelMetrics
            {
                Images = 0,
                Accuracy = 0,
                Loss = 0,
                ExpectedCalibrationError = 0,
                Classes = [],
                ConfusionMatrix = [],
            },
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        _models.Add((Champion, artifact));
        return Champion;
    }

    public Task<ModelVersion?> GetChampionAsync(CancellationToken cancellationToken = default) =>
        Failure is null ? Task.FromResult(Champion) : Task.FromException<ModelVersion?>(Failure);

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

    public Task<ModelVersion> AnnotateAsync(
        int version, string? note, string actor, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<EpochMetrics>> LoadEpochsAsync(int version, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<ModelEvent>> ListEventsAsync(int? version = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<ImageUse>> FindVersionsOfImageAsync(string sha256, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ModelVersion?> FindAsync(int version, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ModelVersion?> FindByRequestAsync(string requestId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<TrainingManifest> LoadManifestAsync(int version, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
