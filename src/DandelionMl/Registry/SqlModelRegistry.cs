using System.Runtime.CompilerServices;
using System.Text.Json;
using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Registry;

/// <summary>The registry in tables of a relational database, its artifacts in an image store.</summary>
/// <remarks>A registration reserves a row (and with it the version's number and the artifact's key), writes the artifact, and makes the
/// row visible last, so that nothing is asked of the store but that a written object is whole. A crash between leaves a reservation,
/// which is never seen and which the reconciler removes some day.</remarks>
internal sealed class SqlModelRegistry : IModelRegistry, ILeftovers
{
    /// <summary>The channel on which the database tells of a new champion.</summary>
    public const string ChampionChannel = "dandelion_champion";

    internal const int MaxActorLength = 200;

    private readonly Database _database;
    private readonly IImageStore _store;
    private readonly TimeProvider _time;

    public SqlModelRegistry(Database database, IImageStore store, TimeProvider time)
    {
        _database = database;
        _store = store;
        _time = time;
    }

    public async Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registration);
        CheckOptions(registration.Options);
        if (registration.RequestId is { } request && await FindByRequestAsync(request, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        var manifest = ManifestRows.InCanonicalOrder(registration.Manifest);
        using var artifact = new MemoryStream();
        ModelArtifactFile.Write(registration.Artifact, artifact);
        var sha256 = ContentHash.Of(artifact.GetBuffer().AsSpan(0, (int)artifact.Length));

        var reservation = await ReserveAsync(registration, manifest, sha256, cancellationToken).ConfigureAwait(false);
        artifact.Position = 0;
        await _store.PutAsync(reservation.ArtifactKey, artifact, cancellationToken).ConfigureAwait(false);
        return await _database.WriteAsync(
            async session =>
            {
                // Asked for twice at one time, or again after a lost answer: the first stands.
                if (registration.RequestId is { } id && await ModelRows.FindByRequestAsync(session, id).ConfigureAwait(false) is { } first)
                {
                    return first;
                }

                await ManifestRows.InsertAsync(session, reservation.Version, manifest).ConfigureAwait(false);
                var change = new ModelChange(ModelAction.Register, "registered", Environment.UserName, _time.GetUtcMicroseconds());
                await ModelRows.MoveAsync(session, reservation.Version, ModelStateText.Reserved, ModelStateText.Candidate, change).ConfigureAwait(false);
                return (await ModelRows.FindAsync(session, reservation.Version).ConfigureAwait(false))!;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public Task<ModelVersion> PromoteAsync(
        int version, string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default)
    {
        var change = Change(ModelAction.Promote, reason, actor);
        return _database.WriteAsync(session => ChampionChange.PromoteAsync(session, version, expectedChampion, change), cancellationToken);
    }

    public Task<ModelVersion> DecideAsync(
        int version, GateVerdict verdict, string actor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var change = Change(verdict.Passed ? ModelAction.Promote : ModelAction.Reject, verdict.Summary, actor);

        // Once decided, a version is never a candidate again: the second time changes nothing.
        return _database.WriteIdempotentAsync(session => ChampionChange.DecideAsync(session, version, verdict, change), cancellationToken);
    }

    public Task<ModelVersion> RollbackAsync(
        string reason, string actor, int? expectedChampion = null, CancellationToken cancellationToken = default)
    {
        var change = Change(ModelAction.Rollback, reason, actor);
        return _database.WriteAsync(session => ChampionChange.RollbackAsync(session, expectedChampion, change), cancellationToken);
    }

    public Task<ModelVersion> AnnotateAsync(
        int version, string? note, string actor, CancellationToken cancellationToken = default)
    {
        CheckActor(actor);
        var (text, now) = (NoteText.Check(note), _time.GetUtcMicroseconds());
        return _database.WriteIdempotentAsync(
            async session =>
            {
                await ModelRows.AnnotateAsync(session, version, text, actor, now).ConfigureAwait(false);
                return await ModelRows.FindAsync(session, version).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
            },
            cancellationToken);
    }

    public Task<ModelVersion?> GetChampionAsync(CancellationToken cancellationToken = default) =>
        _database.ReadAsync(ModelRows.FindChampionAsync, cancellationToken);

    public Task<ModelVersion?> FindAsync(int version, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ModelRows.FindAsync(session, version), cancellationToken);

    public Task<ModelVersion?> FindByRequestAsync(string requestId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(requestId);
        return _database.ReadAsync(session => ModelRows.FindByRequestAsync(session, requestId), cancellationToken);
    }

    public Task<IReadOnlyList<ModelVersion>> ListAsync(CancellationToken cancellationToken = default) =>
        _database.ReadAsync(ModelRows.ListAsync, cancellationToken);

    public async Task<ModelArtifact> LoadArtifactAsync(int version, CancellationToken cancellationToken = default)
    {
        var model = await FindAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
        var bytes = await _store.ReadVerifiedAsync(model.ArtifactKey, model.ArtifactSha256, cancellationToken).ConfigureAwait(false);
        var artifact = ModelArtifactFile.Read(bytes);
        ModelArtifactValidation.CheckIsOf(model, artifact);
        return artifact;
    }

    public async Task<TrainingManifest> LoadManifestAsync(int version, CancellationToken cancellationToken = default) =>
        await _database.ReadAsync(
            async session => await ModelRows.FindAsync(session, version).ConfigureAwait(false) is null
                ? throw new ModelNotFoundException(version)
                : await ManifestRows.SelectAsync(session, version).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);

    public Task<IReadOnlyList<EpochMetrics>> LoadEpochsAsync(int version, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ModelRows.SelectEpochsAsync(session, version), cancellationToken);

    public Task<IReadOnlyList<ModelEvent>> ListEventsAsync(int? version = null, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => ModelEventRows.ListAsync(session, version), cancellationToken);

    public Task<IReadOnlyList<ImageUse>> FindVersionsOfImageAsync(string sha256, CancellationToken cancellationToken = default)
    {
        ContentHash.Check(sha256, nameof(sha256));
        return _database.ReadAsync(session => ManifestRows.SelectUsesAsync(session, sha256), cancellationToken);
    }

    public async IAsyncEnumerable<Leftover> FindLeftoversAsync(
        DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var reservation in await new AbandonedReservations(_database, _time).FindAsync(before, cancellationToken).ConfigureAwait(false))
        {
            yield return reservation;
        }
    }

    public Task RemoveLeftoverAsync(Leftover leftover, CancellationToken cancellationToken = default) =>
        new AbandonedReservations(_database, _time).RemoveAsync(leftover, cancellationToken);

    internal static void CheckOptions(string options)
    {
        try
        {
            JsonDocument.Parse(options).Dispose();
        }
        catch (JsonException exception)
        {
            throw new ArgumentException("The training options are not valid JSON.", nameof(options), exception);
        }
    }

    internal static void CheckActor(string actor)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(actor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(actor.Length, MaxActorLength);
    }

    private ModelChange Change(ModelAction action, string reason, string actor)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        CheckActor(actor);
        return new ModelChange(action, reason, actor, _time.GetUtcMicroseconds());
    }

    private async Task<ModelReservation> ReserveAsync(
        ModelRegistration registration, TrainingManifest manifest, string artifactSha256, CancellationToken cancellationToken)
    {
        var name = ArtifactName.Of(registration.Artifact.Space.BackboneId);
        while (true)
        {
            var now = _time.GetUtcMicroseconds();
            var reservation = await _database.WriteAsync(
                session => ModelRows.ReserveAsync(session, registration, manifest.ComputeSha256(), artifactSha256, name, now),
                cancellationToken).ConfigureAwait(false);

            // The store may hold artifacts of another database, such as one that was lost: none is overwritten, and the reservation
            // keeps the number from being tried again.
            if (!await _store.ExistsAsync(reservation.ArtifactKey, cancellationToken).ConfigureAwait(false))
            {
                return reservation;
            }
        }
    }
}
