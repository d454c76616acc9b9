using DandelionMl.Backbones;

namespace DandelionMl.Registry;

/// <summary>A version of the model, as the registry keeps it.</summary>
/// <param name="Version">Its number, from 1.</param>
/// <param name="State">Whether it is served.</param>
/// <param name="ArtifactKey">Key of its artifact in the image store.</param>
/// <param name="ArtifactSha256">SHA-256 of the artifact, lower-case hexadecimal.</param>
/// <param name="Space">Backbone and preprocessing that its head was trained on.</param>
/// <param name="BackboneSha256">SHA-256 of the backbone's weights, lower-case hexadecimal.</param>
/// <param name="Labels">Class names, in the order of the probabilities.</param>
/// <param name="ManifestSha256">SHA-256 of the training manifest in its canonical form, lower-case hexadecimal.</param>
/// <param name="Options">The training options, as JSON.</param>
/// <param name="Metrics">How well it did on its test images.</param>
/// <param name="CreatedAt">When it was registered, UTC.</param>
public sealed record ModelVersion(
    int Version,
    ModelState State,
    string ArtifactKey,
    string ArtifactSha256,
    EmbeddingSpace Space,
    string BackboneSha256,
    IReadOnlyList<string> Labels,
    string ManifestSha256,
    string Options,
    ModelMetrics Metrics,
    DateTimeOffset CreatedAt)
{
    /// <summary>What it was trained with: versions of libraries and runtime, by name; empty where they were not registered.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What the gate found of it; null while it was not judged.</summary>
    public GateVerdict? Verdict { get; init; }

    /// <summary>When it came into its present state, UTC.</summary>
    public DateTimeOffset StateChangedAt { get; init; } = CreatedAt;
}

/// <summary>Where a version stands.</summary>
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

/// <summary>A new version on its way into the registry.</summary>
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
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Loss and accuracy of each epoch; empty by default.</summary>
    public IReadOnlyList<EpochMetrics> Epochs { get; init; } = [];
}
