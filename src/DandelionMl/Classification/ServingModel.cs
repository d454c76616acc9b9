using DandelionMl.Backbones;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Classification;

/// <summary>A model ready to serve: everything that a request needs, taken once when it begins, so that a swap in the middle mixes nothing.
/// Immutable; its head is managed memory and its backbone belongs to somebody else, so nothing is to be disposed.</summary>
internal sealed class ServingModel
{
    private readonly IReadOnlyList<string> _labels;
    private readonly LinearHead _head;
    private readonly FamiliarRegion? _familiar;
    private readonly PredictionSets? _sets;

    /// <exception cref="BackboneUnavailableException">It is not the backbone that the head was trained on.</exception>
    /// <exception cref="InvalidModelArtifactException">The artifact is another version's, or takes other embeddings than the backbone
    /// gives.</exception>
    public ServingModel(ModelArtifact artifact, IBackbone backbone, ModelVersion? version = null)
    {
        if (version is not null)
        {
            ModelArtifactValidation.CheckIsOf(version, artifact);
        }

        if (backbone.Info.WeightsSha256 != artifact.BackboneSha256 || backbone.Info.Space != artifact.Space)
        {
            throw new BackboneUnavailableException(
                $"{(version is null ? "The model" : $"Model version {version.Version}")} was trained on {artifact.Space} with weights "
                + $"{artifact.BackboneSha256}, but this machine has {backbone.Info.Space} with weights {backbone.Info.WeightsSha256}: "
                + "train again, or restore those weights.");
        }

        ModelArtifactValidation.CheckTakes(artifact, backbone.Info.Dimensions);
        (Version, Backbone, _labels, _head) = (version, backbone, artifact.Labels, LinearHead.From(artifact));
        (_familiar, _sets) = (artifact.Familiar, artifact.Sets);
    }

    /// <summary>The version in the registry; null where there is no registry.</summary>
    public ModelVersion? Version { get; }

    public IBackbone Backbone { get; }

    /// <summary>Why it is served in the place of the champion; null where it is the champion.</summary>
    public string? StandsInBecause { get; init; }

    public Prediction Predict(string sha256, float[] embedding)
    {
        var probabilities = _head.Classify(embedding);
        return new Prediction
        {
            Probabilities =
            [
                .. _labels.Zip(probabilities, (label, probability) => new ClassProbability(label, probability))
                    .OrderByDescending(item => item.Probability),
            ],
            Labels = _sets is null ? null : [.. _sets.Of(probabilities).Select(index => _labels[index])],
            IsKnown = _familiar?.Knows(embedding),
            ModelVersion = Version?.Version ?? 0,
            Sha256 = sha256,
            Backbone = Backbone.Info,
            Embedding = embedding,
        };
    }
}
