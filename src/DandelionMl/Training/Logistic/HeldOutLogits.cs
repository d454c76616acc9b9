using System.Numerics.Tensors;

namespace DandelionMl.Training.Logistic;

/// <summary>The logits of photos, each given by a head that was not trained on it.</summary>
/// <param name="Logits">Photos × outputs, row-major.</param>
/// <param name="Photos">Which photo each is of; one that was held out several times is there as often.</param>
/// <param name="Targets">The class of each photo.</param>
/// <param name="Outputs">Number of outputs.</param>
/// <param name="ClassWeights">What a photo of each class counts.</param>
internal sealed record HeldOutLogits(double[] Logits, int[] Photos, int[] Targets, int Outputs, double[] ClassWeights)
{
    private const double MaxTemperature = 20;

    /// <summary>The mean log loss at a temperature, in nats.</summary>
    public double Loss(double temperature)
    {
        var (loss, total) = (0.0, 0.0);
        var row = new double[Outputs];
        for (var photo = 0; photo < Targets.Length; photo++)
        {
            TensorPrimitives.Divide(Logits.AsSpan(photo * Outputs, Outputs), temperature, row);
            var weight = ClassWeights[Targets[photo]];
            loss += weight * LogitLoss.ToGradient(row, Targets[photo]).Loss;
            total += weight;
        }

        return loss / total;
    }

    /// <summary>The probability of each photo's own class at a temperature.</summary>
    public IEnumerable<double> OwnProbabilities(double temperature)
    {
        var row = new double[Outputs];
        for (var photo = 0; photo < Targets.Length; photo++)
        {
            TensorPrimitives.Divide(Logits.AsSpan(photo * Outputs, Outputs), temperature, row);
            yield return Math.Exp(-LogitLoss.ToGradient(row, Targets[photo]).Loss);
        }
    }

    /// <summary>The temperature with the least log loss (Guo et al. 2017).</summary>
    /// <remarks>The loss is convex in 1 / temperature, so that halving an interval finds it. As photos that are all told apart would have
    /// it fall to zero, each counts as one of another class for a small part, as Platt (1999) has it.</remarks>
    public double FindTemperature()
    {
        var (low, high) = (1 / MaxTemperature, MaxTemperature);
        if (Slope(1) == 0)
        {
            return 1;
        }

        for (var step = 0; step < 50; step++)
        {
            var middle = Math.Sqrt(low * high);
            (low, high) = Slope(middle) > 0 ? (low, middle) : (middle, high);
        }

        return 1 / Math.Sqrt(low * high);
    }

    /// <summary>The slope of the loss by 1 / temperature.</summary>
    private double Slope(double inverse)
    {
        var slope = 0.0;
        var others = Outputs == 1 ? 1 : Outputs - 1;
        var uncertainty = 1.0 / (Targets.Length + 2);
        var row = new double[Outputs];
        for (var photo = 0; photo < Targets.Length; photo++)
        {
            var logits = Logits.AsSpan(photo * Outputs, Outputs);
            TensorPrimitives.Multiply(logits, inverse, row);
            LogitLoss.ToGradient(row, Targets[photo]);

            // Of two classes one logit stands for both: the other's is zero.
            var own = Outputs == 1 ? Targets[photo] * logits[0] : logits[Targets[photo]];
            var other = TensorPrimitives.Sum<double>(logits) - own;
            slope += ClassWeights[Targets[photo]]
                * (TensorPrimitives.Dot<double>(row, logits) + (uncertainty * (own - (other / others))));
        }

        return slope;
    }
}
