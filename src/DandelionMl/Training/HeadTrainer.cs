using System.Numerics.Tensors;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>Fits a <see cref="LinearHead"/> to embeddings: binary cross-entropy for two classes, cross-entropy for more, by Adam, from
/// weights of zero (the problem is convex, so nothing is gained by random ones). The same input gives the same head. What
/// <see cref="HeadMethod.Reference"/> stands for.</summary>
internal sealed class HeadTrainer
{
    private readonly bool _binary;
    private readonly int _classes;
    private readonly int _outputs;
    private readonly int _dimensions;
    private readonly float[] _weights;
    private readonly float[] _bias;
    private readonly float[] _weightGradient;
    private readonly float[] _biasGradient;
    private readonly float[] _logits;
    private readonly Adam _weightOptimizer;
    private readonly Adam _biasOptimizer;

    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="dimensions">Length of an embedding.</param>
    /// <param name="options">Learning rate and weight decay are taken from them.</param>
    /// <param name="initialWeights">Outputs × dimensions; null for zeros.</param>
    /// <param name="crossEntropyForTwo">Whether two classes have two logits and cross-entropy too.</param>
    public HeadTrainer(
        int classes, int dimensions, TrainingOptions options, float[]? initialWeights = null, bool crossEntropyForTwo = false)
    {
        _binary = classes == 2 && !crossEntropyForTwo;
        (_classes, _outputs, _dimensions) = (classes, _binary ? 1 : classes, dimensions);
        _weights = initialWeights ?? new float[_outputs * dimensions];
        _bias = new float[_outputs];
        _weightGradient = new float[_weights.Length];
        _biasGradient = new float[_outputs];
        _logits = new float[_outputs];
        _weightOptimizer = new Adam(_weights.Length, options.LearningRate, options.WeightDecay);
        _biasOptimizer = new Adam(_outputs, options.LearningRate, weightDecay: 0);
    }

    public ReadOnlyMemory<float> Weights => _weights;

    public ReadOnlyMemory<float> Bias => _bias;

    /// <summary>Fits a head to all embeddings.</summary>
    /// <param name="embeddings">One array an image.</param>
    /// <param name="targets">The class of each, from 0.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Told of each epoch.</param>
    /// <param name="cancellationToken">Cancels before the next step.</param>
    public static LinearHead Fit(
        IReadOnlyList<float[]> embeddings,
        IReadOnlyList<int> targets,
        int classes,
        TrainingOptions options,
        IProgress<EpochMetrics>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var trainer = new HeadTrainer(classes, embeddings[0].Length, options);
        foreach (var epoch in trainer.Train(embeddings, targets, options, cancellationToken))
        {
            progress?.Report(epoch);
        }

        return trainer.ToHead();
    }

    /// <summary>Fits to all embeddings: an epoch each time that the next is asked for.</summary>
    public IEnumerable<EpochMetrics> Train(
        IReadOnlyList<float[]> embeddings, IReadOnlyList<int> targets, TrainingOptions options, CancellationToken cancellationToken)
    {
        var random = new Random(options.Seed);
        var order = Enumerable.Range(0, embeddings.Count).ToArray();
        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            random.Shuffle(order);
            var (loss, correct) = (0.0, 0);
            for (var start = 0; start < order.Length; start += options.BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var step = Step(embeddings, targets, order.AsSpan(start, Math.Min(options.BatchSize, order.Length - start)));
                loss += step.LossSum;
                correct += step.Correct;
            }

            yield return new EpochMetrics(epoch, loss / order.Length, (double)correct / order.Length);
        }
    }

    /// <summary>The logits of an embedding, one an output.</summary>
    public double[] Logits(ReadOnlySpan<float> embedding)
    {
        var logits = new double[_outputs];
        for (var output = 0; output < logits.Length; output++)
        {
            logits[output] = TensorPrimitives.Dot(Row(_weights, output), embedding) + _bias[output];
        }

        return logits;
    }

    /// <summary>One step of Adam on a batch.</summary>
    /// <returns>Sum of the images' losses and number of right answers, both before the step.</returns>
    public (double LossSum, int Correct) Step(IReadOnlyList<float[]> embeddings, IReadOnlyList<int> targets, ReadOnlySpan<int> batch)
    {
        Array.Clear(_weightGradient);
        Array.Clear(_biasGradient);
        var (loss, correct) = (0.0, 0);
        foreach (var index in batch)
        {
            var embedding = embeddings[index];
            for (var output = 0; output < _outputs; output++)
            {
                _logits[output] = TensorPrimitives.Dot<float>(Row(_weights, output), embedding) + _bias[output];
            }

            // In both losses the gradient by a logit is probability minus target.
            var (imageLoss, right) = _binary ? BinaryCrossEntropy(targets[index]) : CrossEntropy(targets[index]);
            loss += imageLoss;
            correct += right ? 1 : 0;
            for (var output = 0; output < _outputs; output++)
            {
                var gradient = _logits[output] / batch.Length;
                _biasGradient[output] += gradient;
                TensorPrimitives.MultiplyAdd(embedding, gradient, Row(_weightGradient, output), Row(_weightGradient, output));
            }
        }

        _weightOptimizer.Step(_weights, _weightGradient);
        _biasOptimizer.Step(_bias, _biasGradient);
        return (loss, correct);
    }

    public LinearHead ToHead() => new(_classes, (float[])_weights.Clone(), (float[])_bias.Clone());

    private Span<float> Row(float[] matrix, int output) => matrix.AsSpan(output * _dimensions, _dimensions);

    /// <summary>Turns the logit into its gradient; loss = log(1 + e^-z) for the second class, log(1 + e^z) for the first, written so
    /// that no exponential overflows.</summary>
    private (double Loss, bool Right) BinaryCrossEntropy(int target)
    {
        var logit = _logits[0];
        var loss = Math.Max(logit, 0) - (logit * target) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        _logits[0] = (1 / (1 + MathF.Exp(-logit))) - target;
        return (loss, logit > 0 == (target == 1));
    }

    /// <summary>Turns the logits into their gradients; loss = log Σ e^z - z of the target.</summary>
    private (double Loss, bool Right) CrossEntropy(int target)
    {
        var predicted = TensorPrimitives.IndexOfMax<float>(_logits);
        var largest = _logits[predicted];
        TensorPrimitives.Subtract(_logits, largest, _logits);
        var targetLogit = _logits[target];
        TensorPrimitives.Exp<float>(_logits, _logits);
        var sum = TensorPrimitives.Sum<float>(_logits);
        TensorPrimitives.Divide(_logits, sum, _logits);
        _logits[target] -= 1;
        return (Math.Log(sum) - targetLogit, predicted == target);
    }
}
