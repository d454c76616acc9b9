using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Testing;

/// <summary>An <see cref="IModelRegistry"/> in memory, for tests. It keeps the whole contract, with real artifacts, and passes
/// <see cref="Conformance.ModelRegistryConformance"/>. <see cref="AddChampionAsync"/> gives it a model in a line.</summary>
public sealed class InMemoryModelRegistry : IModelRegistry
{
    private readonly MemoryTransactions _transactions = new();
    private readonly ModelRecords _records = new();
    private readonly Dictionary<string, int> _artifactNumbers = new(StringComparer.Ordinal);
    private readonly IImageStore _artifacts;
    private readonly TimeProvider _time;

    /// <summary>Creates an empty registry.</summary>
    /// <param name="artifacts">Where models are kept; null for a store of the registry's own.</param>
    /// <param name="time">Gives the times of changes; null for the machine's clock.</param>
    public InMemoryModelRegistry(IImageStore? artifacts = null, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _artifacts = artifacts ?? new InMemoryImageStore(_time);
    }

    /// <summary>Registers a model made by <see cref="FakeModel"/> and makes it the champion.</summary>
    /// <param name="labels">Its classes, at least two.</param>
    /// <returns>The champion, of the next number.</returns>
    public async Task<ModelVersion> AddChampionAsync(params IReadOnlyList<string> labels)
    {
        var added = await RegisterAsync(FakeModel.Registration(labels)).ConfigureAwait(false);
        return await PromoteAsync(added.Version, "made for a test", "test").ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registration);
        SqlModelRegistry.CheckOptions(registration.Options);
        if (registration.RequestId is { } request
            && await FindByRequestAsync(request, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        var manifest = ManifestRows.InCanonicalOrder(registration.Manifest);
        using var artifact = new MemoryStream();
        registration.Artifact.WriteTo(artifact);
        var sha256 = ContentHash.Of(artifact.ToArray());

        var key = await ReserveAsync(ArtifactName.Of(registration.Artifact.Space.BackboneId), cancellationToken).ConfigureAwait(false);
        artifact.Position = 0;
        await _artifacts.PutAsync(key, artifact, cancellationToken).ConfigureAwait(false);
        var change = Change(ModelAction.Register, "registered", Environment.UserName);
        return await _transactions.RunAsync(() => _records.Add(registration, manifest, key, sha256, change), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<ModelVersion> PromoteAsync(
        int version, string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default)
    {
        var change = Change(ModelAction.Promote, reason, actor);
        return _transactions.RunAsync(() => _records.Promote(version, expectedChampion, change), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ModelVersion> DecideAsync(
        int version, GateVerdict verdict, string actor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var change = Change(verdict.Passed ? ModelAction.Promote : ModelAction.Reject, verdict.Summary, actor);
        return _transactions.RunAsync(() => _records.Decide(version, verdict, change), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ModelVersion> RollbackAsync(
        string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default)
    {
        var change = Change(ModelAction.Rollback, reason, actor);
        return _transactions.RunAsync(() => _records.Rollback(expectedChampion, change), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ModelVersion> AnnotateAsync(
        int version, string? note, string actor, CancellationToken cancellationToken = default)
    {
        SqlModelRegistry.CheckActor(actor);
        var (text, now) = (NoteText.Check(note), _time.GetUtcNow());
        return _transactions.RunAsync(() => _records.Annotate(version, text, actor, now), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ModelVersion?> GetChampionAsync(CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => _records.Champion, cancellationToken);

    /// <inheritdoc/>
    public Task<ModelVersion?> FindAsync(int version, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => _records.Find(version)?.Model, cancellationToken);

    /// <inheritdoc/>
    public Task<ModelVersion?> FindByRequestAsync(string requestId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(requestId);
        return _transactions.RunAsync(() => _records.FindByRequest(requestId)?.Model, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken = default) =>
        _transactions.RunAsync<IReadOnlyList<ModelVersion>>(() => [.. _records.NewestFirst.Select(record => record.Model)], cancellationToken);

    /// <inheritdoc/>
    public async Task<ModelArtifact> LoadArtifactAsync(int version, CancellationToken cancellationToken = default)
    {
        var model = (await GetAsync(version, cancellationToken).ConfigureAwait(false)).Model;
        using var bytes = new MemoryStream(
            await _artifacts.ReadVerifiedAsync(model.ArtifactKey, model.ArtifactSha256, cancellationToken).ConfigureAwait(false));
        return ModelArtifact.ReadFrom(bytes);
    }

    /// <inheritdoc/>
    public async Task<TrainingManifest> LoadManifestAsync(int version, CancellationToken cancellationToken = default) =>
        (await GetAsync(version, cancellationToken).ConfigureAwait(false)).Manifest;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EpochMetrics>> LoadEpochsAsync(int version, CancellationToken cancellationToken = default) =>
        (await GetAsync(version, cancellationToken).ConfigureAwait(false)).Epochs;

    /// <inheritdoc/>
    public Task<IReadOnlyList<ModelEvent>> ListEventsAsync(int? version = null, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync<IReadOnlyList<ModelEvent>>(
            () => [.. _records.Events.Where(item => version is null || item.Version == version)], cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ImageUse>> FindVersionsOfImageAsync(string sha256, CancellationToken cancellationToken = default)
    {
        ContentHash.Check(sha256, nameof(sha256));
        return _transactions.RunAsync<IReadOnlyList<ImageUse>>(
            () =>
            [
                .. from record in _records.NewestFirst
                   from image in record.Manifest.Images
                   where image.Sha256 == sha256
                   select new ImageUse(record.Model.Version, record.Model.State, image.Label, image.Split),
            ],
            cancellationToken);
    }

    private Task<ModelRecord> GetAsync(int version, CancellationToken cancellationToken) =>
        _transactions.RunAsync(() => _records.Get(version), cancellationToken);

    private ModelChange Change(ModelAction action, string reason, string actor)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        SqlModelRegistry.CheckActor(actor);
        return new ModelChange(action, reason, actor, _time.GetUtcNow());
    }

    /// <summary>Takes the next key of the day that the store has nothing under.</summary>
    private async Task<string> ReserveAsync(string name, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        while (true)
        {
            var key = await _transactions.RunAsync(() => NextKey(day, name), cancellationToken).ConfigureAwait(false);
            if (!await _artifacts.ExistsAsync(key, cancellationToken).ConfigureAwait(false))
            {
                return key;
            }
        }
    }

    private string NextKey(DateOnly day, string name)
    {
        var series = $"{day:yyyy-MM-dd}/{name}";
        var number = _artifactNumbers.GetValueOrDefault(series);
        _artifactNumbers[series] = number + 1;
        return StorageKeys.Model(day, name, number);
    }
}
