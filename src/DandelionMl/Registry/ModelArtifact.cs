using DandelionMl.Backbones;

namespace DandelionMl.Registry;

/// <summary>All that is needed to serve a model, but for its backbone.</summary>
/// <param name="Labels">Class names, in the order of the probabilities; at least two.</param>
/// <param name="Space">Backbone and preprocessing that the head was trained on.</param>
/// <param name="BackboneSha256">SHA-256 of the backbone's weights, lower-case hexadecimal.</param>
/// <param name="Weights">Outputs × dimensions, row-major. Two classes have one output (the logit of the second class), more have one
/// each.</param>
/// <param name="Bias">One value an output.</param>
/// <param name="Temperature">What logits are divided by before they become probabilities; 1 leaves them as they are.</param>
public sealed record ModelArtifact(
    IReadOnlyList<string> Labels,
    EmbeddingSpace Space,
    string BackboneSha256,
    float[] Weights,
    float[] Bias,
    float Temperature = 1);
