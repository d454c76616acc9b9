using System.Numerics.Tensors;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>A linear classifier on embeddings: logits = weights · embedding + bias. Two classes have one output, the logit of the
/// second class; more have one each. Immutable and thread-safe.</summary>
internal sealed class LinearHead
{
    private readonly float[] _weights;
    private readonly float[] _bias;

    /// <summary>Creates a head from its weights.</summary>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="weights">Outputs × dimensions, row-major; not copied.</param>
    /// <param name="bias">One value an output; not copied.</param>
    /// <param name="temperature">What logits are divided by before they become probabilities; above 0.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public LinearHead(int classes, float[] weights, float[] bias, float temperature = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(bias);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        var outputs = OutputsFor(classes);
        if (bias.Length != outputs || weights.Length == 0 || weights.Length % outputs != 0)
        {
            throw new ArgumentException(
                $"{classes} classes need {outputs} outputs, not {weights.Length} weights and {bias.Length} biases.", nameof(weights));
        }

        (Classes, Dimensions, _weights, _bias, Temperature) = (classes, weights.Length / outputs, weights, bias, temperature);
    }

    /// <summary>Creates the head of a model artifact.</summary>
    /// <param name="artifact">The artifact.</param>
    public static LinearHead From(ModelArtifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return new LinearHead(artifact.Labels.Count, artifact.Weights, artifact.Bias, artifact.Temperature);
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Length of the embeddings it takes.</summary>
    public int Dimensions { get; }

    /// <summary>Outputs × dimensions, row-major.</summary>
    public ReadOnlyMemory<float> Weights => _weights;

    /// <summary>One value an output.</summary>
    public ReadOnlyMemory<float> Bias => _bias;

    /// <summary>What logits are divided by before they become probabilities.</summary>
    public float Temperature { get; }

    /// <summary>The head without its temperature.</summary>
    public LinearHead Uncalibrated => new(Classes, _weights, _bias);

    /// <summary>Number of outputs for a number of classes: one for two classes, else one each.</summary>
    internal static int OutputsFor(int classes) => classes == 2 ? 1 : classes;

    /// <summary>Computes the probability of every class.</summary>
    /// <param name="embedding">The embedding, <see cref="Dimensions"/> long.</param>
    /// <returns><see cref="Classes"/> probabilities that add up to 1.</returns>
    /// <exception cref="ArgumentException">The embedding has another length.</exception>
    public float[] Classify(ReadOnlySpan<float> embedding)
    {
        var probabilities = new float[Classes];
        Classify(embedding, probabilities);
        return probabilities;
    }

    /// <summary>Computes the probability of every class.</summary>
    /// <param name="embedding">The embedding, <see cref="Dimensions"/> long.</param>
    /// <param name="probabilities">Receives <see cref="Classes"/> probabilities that add up to 1.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Classify(ReadOnlySpan<float> embedding, Span<float> probabilities)
    {
        if (embedding.Length != Dimensions || probabilities.Length != Classes)
        {
            throw new ArgumentException(
                $"The head takes {Dimensions} values and gives {Classes}, not {embedding.Length} and {probabilities.Length}.");
        }

        if (Classes == 2)
        {
            var logit = Logit(0, embedding) / Temperature;
            probabilities[0] = 1 / (1 + MathF.Exp(logit));
            probabilities[1] = 1 / (1 + MathF.Exp(-logit));
            return;
        }

        for (var output = 0; output < Classes; output++)
        {
            probabilities[output] = Logit(output, embedding) / Temperature;
        }

        // Subtracting the largest logit changes no probability and keeps the exponentials finite.
        TensorPrimitives.Subtract(probabilities, TensorPrimitives.Max<float>(probabilities), probabilities);
        TensorPrimitives.SoftMax(probabilities, probabilities);
    }

    private float Logit(int output, ReadOnlySpan<float> embedding) =>
        TensorPrimitives.Dot(_weights.AsSpan(output * Dimensions, Dimensions), embedding) + _bias[output];
}
