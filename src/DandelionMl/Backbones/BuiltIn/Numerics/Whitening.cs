using System.Numerics.Tensors;

namespace DandelionMl.Backbones.BuiltIn.Numerics;

/// <summary>A linear map that decorrelates: principal components, each divided by the root of its variance plus a little, which
/// keeps noise from being blown up.</summary>
/// <param name="Mean">The mean of what it was learned from.</param>
/// <param name="Components">The scaled components, one after the other, each as long as <paramref name="Mean"/>.</param>
internal sealed record Whitening(float[] Mean, float[] Components)
{
    /// <summary>Values in.</summary>
    public int InputLength => Mean.Length;

    /// <summary>Values out.</summary>
    public int OutputLength => Components.Length / Mean.Length;

    /// <summary>Learns the map.</summary>
    /// <param name="points">Points of <paramref name="inputLength"/> values each.</param>
    /// <param name="inputLength">Values in.</param>
    /// <param name="outputLength">Components kept, the strongest.</param>
    /// <param name="damping">What is added to each variance, as a fraction of their mean.</param>
    public static Whitening Fit(ReadOnlySpan<float> points, int inputLength, int outputLength, double damping)
    {
        var count = points.Length / inputLength;
        var mean = new double[inputLength];
        var covariance = new double[inputLength * inputLength];
        var point = new double[inputLength];
        for (var i = 0; i < count; i++)
        {
            TensorPrimitives.ConvertTruncating(points.Slice(i * inputLength, inputLength), point);
            TensorPrimitives.Add(mean, point, mean);
            for (var row = 0; row < inputLength; row++)
            {
                var target = covariance.AsSpan(row * inputLength, inputLength);
                TensorPrimitives.MultiplyAdd(point, point[row], target, target);
            }
        }

        for (var row = 0; row < inputLength; row++)
        {
            for (var column = 0; column < inputLength; column++)
            {
                var index = row * inputLength + column;
                covariance[index] = covariance[index] / count - mean[row] / count * (mean[column] / count);
            }
        }

        var (variances, vectors) = SymmetricEigen.Decompose(covariance, inputLength);
        var floor = damping * Math.Max(variances.Sum() / inputLength, 1e-8);
        var components = new float[outputLength * inputLength];
        for (var c = 0; c < outputLength; c++)
        {
            var scale = 1 / Math.Sqrt(Math.Max(variances[c], 0) + floor);
            for (var k = 0; k < inputLength; k++)
            {
                components[c * inputLength + k] = (float)(vectors[c * inputLength + k] * scale);
            }
        }

        return new Whitening(Array.ConvertAll(mean, sum => (float)(sum / count)), components);
    }
}
