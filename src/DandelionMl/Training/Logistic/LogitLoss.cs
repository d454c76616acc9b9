using System.Numerics.Tensors;

namespace DandelionMl.Training.Logistic;

/// <summary>The loss of a photo by its logits: binary cross-entropy for one, cross-entropy for more.</summary>
internal static class LogitLoss
{
    /// <summary>Turns a photo's logits into the gradient by them, which is probability minus target in both losses.</summary>
    /// <returns>The loss in nats, and whether the photo's own class has the highest probability.</returns>
    public static (double Loss, bool IsRight) ToGradient(Span<double> logits, int target)
    {
        if (logits.Length == 1)
        {
            var logit = logits[0];
            var signed = target == 1 ? logit : -logit;
            logits[0] = (1 / (1 + Math.Exp(-logit))) - target;
            return (Math.Max(-signed, 0) + double.LogP1(Math.Exp(-Math.Abs(logit))), logit > 0 == (target == 1));
        }

        var predicted = TensorPrimitives.IndexOfMax<double>(logits);
        TensorPrimitives.Subtract(logits, logits[predicted], logits);
        var own = logits[target];
        TensorPrimitives.Exp<double>(logits, logits);
        var sum = TensorPrimitives.Sum<double>(logits);
        TensorPrimitives.Divide(logits, sum, logits);
        logits[target] -= 1;
        return (Math.Log(sum) - own, predicted == target);
    }
}
