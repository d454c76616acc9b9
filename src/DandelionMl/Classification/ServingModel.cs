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

    /// <exception cref="BackboneUnavailableException">It is not the backbone that the head was trained on.</exception>
    /// <exception cref="InvalidModelArtifactException">The artifact has other classes than the registry's row, or its weights do not fit the
    /// backbone's embeddings.</exception>
    public ServingModel(ModelArtifact artifact, IBackbone backbone, ModelVersion? version = null)
    {
        if (backbone.Info.WeightsSha256 != artifact.BackboneSha256 || backbone.Info.Space != artifact.Space)
        {
            throw new BackboneUnavailableException(
                $"{(version is null ? "The model" : $"Model version {version.Version}")} was trained on {artifact.Space} with weights "
                + $"{artifact.BackboneSha256}, but this machine has {backbone.Info.Space} with weights {backbone.Info.WeightsSha256}: "
                + "train again, or restore those weights.");
        }

        if (version is not null && !version.Labels.SequenceEqual(artifact.Labels, StringComparer.Ordinal))
        {
            throw new InvalidModelArtifactException(
                $"version {version.Version} has the classes {string.Join(", ", version.Labels)} in the registry, but {string.Join(", ", artifact.Labels)} in the artifact.");
        }

        var (rows, weights) = (artifact.Bias.Length, artifact.Weights.Length);
        if (weights != rows * backbone.Info.Dimensions)
        {
            throw new InvalidModelArtifactException(
                $"it has {weights / rows} weights for each output, but the embeddings of {backbone.Info.Space} have {backbone.Info.Dimensions} values.");
        }

        (Version, Backbone, _labels, _head) = (version, backbone, artifact.Labels, LinearHead.From(artifact));
    }

    /// <summary>The version in the registry; null where there is no registry.</summary>
    public ModelVersion? Version { get; }

    public IBackbone Backbone { get; }

    public Prediction Predict(string sha256, float[] embedding) => new()
    {
        Probabilities =
        [
            .. _labels.Zip(_head.Classify(embedding), (label, probability) => new ClassProbability(label, probability))
                .OrderByDescending(item => item.Probability),
        ],
        ModelVersion = Version?.Version ?? 0,
        Sha256 = sha256,
        Backbone = Backbone.Info,
        Embedding = embedding,
    };
}
