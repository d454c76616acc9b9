using DandelionMl.Backbones;

namespace DandelionMl.Registry;

/// <summary>A version of the model, as the registry keeps it.</summary>
public sealed record ModelVersion
{
    /// <summary>Its number, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Whether it is served.</summary>
    public required ModelState State { get; init; }

    /// <summary>Key of its artifact in the image store.</summary>
    public required string ArtifactKey { get; init; }

    /// <summary>SHA-256 of the artifact, lower-case hexadecimal.</summary>
    public required string ArtifactSha256 { get; init; }

    /// <summary>Backbone and preprocessing that its head was trained on.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>SHA-256 of the backbone's weights, lower-case hexadecimal.</summary>
    public required string BackboneSha256 { get; init; }

    /// <summary>Class names, in the order of the probabilities.</summary>
    public required IReadOnlyList<string> Labels { get; init => field = ValueList<string>.Of(value); }

    /// <summary>SHA-256 of the training manifest in its canonical form, lower-case hexadecimal.</summary>
    public required string ManifestSha256 { get; init; }

    /// <summary>The training options, as JSON, with what the training chose by itself: how strongly the head is regularised, and its
    /// temperature.</summary>
    public required string Options { get; init; }

    /// <summary>How well it did on its test images.</summary>
    public required ModelMetrics Metrics { get; init; }

    /// <summary>When it was registered, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What it was trained with: versions of libraries and runtime, by name; empty where they were not registered.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init => field = ValueMap.Of(value); } = ValueMap.Empty;

    /// <summary>The gate's verdict; null until the version is judged.</summary>
    public GateVerdict? Verdict { get; init; }

    /// <summary>When it came into its present state, UTC; <see cref="CreatedAt"/> where nothing else is said.</summary>
    public DateTimeOffset StateChangedAt { get => field == default ? CreatedAt : field; init; }

    /// <summary>What it was trained for, such as a run of a pipeline; null where nothing was said. See
    /// <see cref="ModelRegistration.RequestId"/>.</summary>
    public string? RequestId { get; init; }

    /// <summary>The machine that it was trained on; null where that was not kept.</summary>
    internal string? TrainedOn { get; init; }

    /// <summary>How long its training took, embedding included; null where that was not kept.</summary>
    internal TimeSpan? TrainingTime { get; init; }

    /// <summary>What somebody noted about it, for people; null if nothing was. See <see cref="IModelRegistry.AnnotateAsync"/>.</summary>
    public string? Note { get; init; }

    /// <summary>Who wrote <see cref="Note"/>; null if there is none.</summary>
    public string? NoteBy { get; init; }

    /// <summary>When it was written, UTC; null if there is none.</summary>
    public DateTimeOffset? NoteAt { get; init; }
}

/// <summary>The state of a version.</summary>
public enum ModelState
{
    /// <summary>Trained, not served.</summary>
    Candidate,

    /// <summary>The one version that is served.</summary>
    Champion,

    /// <summary>Served once, replaced since.</summary>
    Archived,

    /// <summary>Refused.</summary>
    Rejected,
}

/// <summary>A new version to register.</summary>
/// <param name="Artifact">The head and its metadata.</param>
/// <param name="Manifest">The exact images it was trained and tested on.</param>
/// <param name="Options">The training options, as JSON.</param>
/// <param name="Metrics">How well it did on its test images.</param>
public sealed record ModelRegistration(ModelArtifact Artifact, TrainingManifest Manifest, string Options, ModelMetrics Metrics)
{
    /// <summary>What the training is for, such as a run of a pipeline, 1 to 200 characters: under one id one version is registered, however
    /// often it is tried. Null, the default, for a version of its own each time.</summary>
    public string? RequestId { get; init; }

    /// <summary>What it was trained with: versions of libraries and runtime, by name; empty by default.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init => field = ValueMap.Of(value); } = ValueMap.Empty;

    /// <summary>How long the training took, embedding included; null if that was not measured.</summary>
    internal TimeSpan? TrainingTime { get; init; }

    /// <summary>Loss and accuracy of each epoch; empty by default.</summary>
    public IReadOnlyList<EpochMetrics> Epochs { get; init; } = [];
}
