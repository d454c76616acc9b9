using System.Numerics.Tensors;
using DandelionMl.Classification;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Shadowing;

/// <summary>A shadow that is ready to be asked. Immutable and thread-safe.</summary>
internal sealed class ShadowModel
{
    private readonly ModelArtifact _artifact;
    private readonly LinearHead _head;

    /// <exception cref="InvalidModelArtifactException">The artifact is another version's.</exception>
    public ShadowModel(ModelVersion version, ModelArtifact artifact)
    {
        ModelArtifactValidation.CheckIsOf(version, artifact);
        (Version, _artifact, _head) = (version.Version, artifact, LinearHead.From(artifact));
    }

    /// <summary>The version.</summary>
    public int Version { get; }

    /// <summary>Whether it can be asked about a photo: one that another version answered, with an embedding that it can read.</summary>
    public bool CanAnswer(Prediction prediction) =>
        prediction.ModelVersion != Version
        && prediction.Backbone is { } backbone && backbone.Space == _artifact.Space && backbone.WeightsSha256 == _artifact.BackboneSha256
        && prediction.Embedding.Length == _head.Dimensions;

    /// <summary>The most probable class of a photo that <see cref="CanAnswer"/> is true of.</summary>
    public string Answer(Prediction prediction) =>
        _artifact.Labels[TensorPrimitives.IndexOfMax<float>(_head.Classify(prediction.Embedding.Span))];
}
