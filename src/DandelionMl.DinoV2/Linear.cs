using System.Numerics.Tensors;
using DandelionMl.Backbones.Weights;

namespace DandelionMl.DinoV2;

/// <summary>Weight and bias of a layer, as numbers, before they become tensors.</summary>
/// <param name="Weight">Outputs × inputs values, row by row.</param>
/// <param name="Bias">One value per output.</param>
internal sealed record Linear(float[] Weight, float[] Bias)
{
    /// <summary>Number of inputs.</summary>
    public int Inputs => Weight.Length / Bias.Length;

    /// <summary>Reads a layer.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="names">Its name without ".weight"; several layers with the same inputs become one.</param>
    /// <param name="outputs">How many outputs it must have.</param>
    /// <param name="inputs">How many inputs it must have.</param>
    /// <exception cref="InvalidWeightsException">It is missing, has other sizes, or holds a value that is infinite or not a
    /// number.</exception>
    public static Linear Read(WeightFile file, IReadOnlyList<string> names, int outputs, int inputs)
    {
        var rows = outputs / names.Count;
        return new Linear(
            [.. names.SelectMany(name => ReadTensor(file, name + ".weight", (long)rows * inputs, rows))],
            [.. names.SelectMany(name => ReadTensor(file, name + ".bias", rows, rows))]);
    }

    /// <summary>Reads one tensor.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="name">Its name.</param>
    /// <param name="length">How many values it must have.</param>
    /// <param name="rows">Its first dimension, or null where that does not matter.</param>
    /// <exception cref="InvalidWeightsException">It is missing, has other sizes, or holds a value that is infinite or not a
    /// number.</exception>
    public static float[] ReadTensor(WeightFile file, string name, long length, int? rows = null)
    {
        var tensor = file.Require(name);
        if (tensor.Length != length || (rows is not null && (tensor.Shape.Count == 0 || tensor.Shape[0] != rows)))
        {
            throw new InvalidWeightsException(
                $"Tensor '{name}' has the shape {string.Join(" × ", tensor.Shape)}, which does not match the other tensors.");
        }

        var values = file.Read(name);
        return TensorPrimitives.IsFiniteAll<float>(values)
            ? values
            : throw new InvalidWeightsException($"Tensor '{name}' holds a value that is infinite or not a number.");
    }

    /// <summary>The same layer with its outputs multiplied by a factor each.</summary>
    public Linear ScaleOutputs(ReadOnlySpan<float> factors)
    {
        var result = new Linear([.. Weight], [.. Bias]);
        for (var row = 0; row < factors.Length; row++)
        {
            var values = result.Weight.AsSpan(row * Inputs, Inputs);
            TensorPrimitives.Multiply(values, factors[row], values);
            result.Bias[row] *= factors[row];
        }

        return result;
    }

    /// <summary>Some of the outputs.</summary>
    public Linear Slice(int start, int count) =>
        new(Weight[(start * Inputs)..((start + count) * Inputs)], Bias[start..(start + count)]);
}
