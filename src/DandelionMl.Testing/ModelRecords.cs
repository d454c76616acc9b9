using DandelionMl.Registry;

namespace DandelionMl.Testing;

/// <summary>The versions of an <see cref="InMemoryModelRegistry"/> and the record of their changes. One caller at a time.</summary>
internal sealed class ModelRecords
{
    private readonly List<ModelRecord> _models = [];
    private readonly List<ModelEvent> _events = [];

    public IReadOnlyList<ModelEvent> Events => _events;

    public IEnumerable<ModelRecord> NewestFirst => _models.AsEnumerable().Reverse();

    public ModelVersion? Champion => _models.FirstOrDefault(record => record.Model.State == ModelState.Champion)?.Model;

    public ModelRecord? Find(int version) => version >= 1 && version <= _models.Count ? _models[version - 1] : null;

    public ModelRecord? FindByRequest(string requestId) => _models.FirstOrDefault(record => record.Model.RequestId == requestId);

    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    public ModelRecord Get(int version) => Find(version) ?? throw new ModelNotFoundException(version);

    /// <summary>Adds a version, or gives the one that was registered under the same request meanwhile.</summary>
    public ModelVersion Add(ModelRegistration registration, TrainingManifest manifest, string key, string sha256, ModelChange change)
    {
        if (registration.RequestId is { } request && FindByRequest(request) is { } first)
        {
            return first.Model;
        }

        var model = new ModelVersion
        {
            Version = _models.Count + 1,
            State = ModelState.Candidate,
            ArtifactKey = key,
            ArtifactSha256 = sha256,
            Space = registration.Artifact.Space,
            BackboneSha256 = registration.Artifact.BackboneSha256,
            Labels = registration.Artifact.Labels,
            ManifestSha256 = manifest.ComputeSha256(),
            Options = registration.Options,
            Metrics = registration.Metrics,
            CreatedAt = change.At,
            Environment = registration.Environment,
            StateChangedAt = change.At,
            RequestId = registration.RequestId,
        };
        _models.Add(new ModelRecord(model, manifest, [.. registration.Epochs]));
        Record(model.Version, from: null, ModelState.Candidate, change, change.Reason);
        return model;
    }

    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="ChampionChangedException">The champion is not the one expected.</exception>
    public ModelVersion Promote(int version, int? expectedChampion, ModelChange change)
    {
        var next = Get(version).Model;
        if (next.State == ModelState.Champion)
        {
            return next;
        }

        if (expectedChampion is not null)
        {
            RequireChampion(expectedChampion);
        }

        return Replace(next, change);
    }

    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="ChampionChangedException">The champion is not the one that the verdict is about.</exception>
    public ModelVersion Decide(int version, GateVerdict verdict, ModelChange change)
    {
        var candidate = Get(version).Model;
        if (candidate.State != ModelState.Candidate)
        {
            return candidate;
        }

        RequireChampion(verdict.ChampionVersion);
        var judged = candidate with { Verdict = verdict };
        return verdict.Passed ? Replace(judged, change) : Move(judged, ModelState.Rejected, change, change.Reason);
    }

    /// <exception cref="NoPreviousChampionException">There is none.</exception>
    /// <exception cref="ChampionChangedException">The champion is not the one expected.</exception>
    public ModelVersion Rollback(int? expectedChampion, ModelChange change)
    {
        if (expectedChampion is not null)
        {
            RequireChampion(expectedChampion);
        }

        var champions = Champions();
        if (champions.Count < 2)
        {
            throw new NoPreviousChampionException();
        }

        champions.Pop();
        return Replace(Get(champions.Peek()).Model, change);
    }

    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    public ModelVersion Annotate(int version, string? note, string actor, DateTimeOffset at)
    {
        var noted = Get(version).Model with { Note = note, NoteBy = note is null ? null : actor, NoteAt = note is null ? null : at };
        _models[version - 1] = _models[version - 1] with { Model = noted };
        return noted;
    }

    /// <summary>The champions, the present one last: a promotion puts one more on the pile, a rollback takes the topmost off.</summary>
    private Stack<int> Champions()
    {
        var champions = new Stack<int>();
        foreach (var item in _events.Where(item => item.To == ModelState.Champion))
        {
            if (item.Action == ModelAction.Rollback)
            {
                champions.Pop();
            }
            else
            {
                champions.Push(item.Version);
            }
        }

        return champions;
    }

    private ModelVersion Replace(ModelVersion next, ModelChange change)
    {
        if (Champion is { } champion)
        {
            var reason = change.Action == ModelAction.Rollback ? change.Reason : $"replaced by version {next.Version}";
            Move(champion, ModelState.Archived, change, reason);
        }

        return Move(next, ModelState.Champion, change, change.Reason);
    }

    private ModelVersion Move(ModelVersion model, ModelState to, ModelChange change, string reason)
    {
        var moved = model with { State = to, StateChangedAt = change.At };
        _models[model.Version - 1] = _models[model.Version - 1] with { Model = moved };
        Record(model.Version, model.State, to, change, reason);
        return moved;
    }

    private void Record(int version, ModelState? from, ModelState to, ModelChange change, string reason) => _events.Add(new ModelEvent
    {
        Id = _events.Count + 1,
        Version = version,
        Action = change.Action,
        From = from,
        To = to,
        Reason = reason,
        Actor = change.Actor,
        At = change.At,
    });

    private void RequireChampion(int? expected)
    {
        if (Champion?.Version != expected)
        {
            throw new ChampionChangedException(expected, Champion?.Version);
        }
    }
}

/// <summary>A version and its lineage.</summary>
internal sealed record ModelRecord(ModelVersion Model, TrainingManifest Manifest, IReadOnlyList<EpochMetrics> Epochs);
