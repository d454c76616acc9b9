using System.Numerics.Tensors;

namespace DandelionMl.Training;

/// <summary>Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019) over one array of parameters.</summary>
internal sealed class Adam(int parameters, double learningRate, double weightDecay)
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const float Epsilon = 1e-8f;

    private readonly float[] _mean = new float[parameters];
    private readonly float[] _variance = new float[parameters];
    private readonly float[] _scratch = new float[parameters];
    private int _step;

    public void Step(Span<float> values, ReadOnlySpan<float> gradient)
    {
        _step++;
        if (weightDecay > 0)
        {
            TensorPrimitives.Multiply(values, (float)(1 - (learningRate * weightDecay)), values);
        }

        TensorPrimitives.Multiply(_mean, (float)Beta1, _mean);
        TensorPrimitives.MultiplyAdd(gradient, (float)(1 - Beta1), _mean, _mean);
        TensorPrimitives.Multiply(gradient, gradient, _scratch);
        TensorPrimitives.Multiply(_variance, (float)Beta2, _variance);
        TensorPrimitives.MultiplyAdd(_scratch, (float)(1 - Beta2), _variance, _variance);

        // values -= learningRate · m̂ / (√v̂ + ε), with the bias corrections m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ).
        TensorPrimitives.Sqrt(_variance, _scratch);
        TensorPrimitives.Multiply(_scratch, (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, _step))), _scratch);
        TensorPrimitives.Add(_scratch, Epsilon, _scratch);
        TensorPrimitives.Divide(_mean, _scratch, _scratch);
        TensorPrimitives.MultiplyAdd(_scratch, (float)(-learningRate / (1 - Math.Pow(Beta1, _step))), values, values);
    }
}
