using DandelionMl.Backbones;

namespace DandelionMl.Classification;

/// <summary>What the served model says of an image.</summary>
/// <param name="Label">The most probable class.</param>
/// <param name="Probabilities">The probability of every class, the most probable first; they add up to 1.</param>
/// <param name="ModelVersion">The version that answered.</param>
/// <param name="Backbone">The backbone that embedded the image.</param>
/// <param name="Sha256">SHA-256 of the image's bytes, lower-case hexadecimal.</param>
/// <param name="Embedding">The image's embedding, so that a duplicate check needs no second backbone pass.</param>
public sealed record Prediction(
    string Label,
    IReadOnlyList<ClassProbability> Probabilities,
    int ModelVersion,
    BackboneInfo Backbone,
    string Sha256,
    ReadOnlyMemory<float> Embedding)
{
    /// <summary>Probability of <see cref="Label"/>, 0 to 1.</summary>
    public float Probability => Probabilities[0].Probability;

    /// <summary>How much more probable <see cref="Label"/> is than the next class, 0 to 1: the smaller, the less certain.</summary>
    public float Margin => Probabilities[0].Probability - Probabilities[1].Probability;
}

/// <summary>A class and its probability.</summary>
/// <param name="Label">The class.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
public sealed record ClassProbability(string Label, float Probability);
