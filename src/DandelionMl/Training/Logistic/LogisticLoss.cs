using System.Numerics.Tensors;
using DandelionMl.Embeddings;

namespace DandelionMl.Training.Logistic;

/// <summary>The objective of logistic regression: the weighted mean of the photos' losses plus λ/2 · |w|², with its gradient. Parameters are
/// outputs × width weights, row-major, then one bias an output, which is not regularised.</summary>
/// <remarks>The photos are divided into stripes by their number alone, whose sums are added in order: the result is the same on any
/// number of threads.</remarks>
internal sealed class LogisticLoss
{
    private const int PhotosPerStripe = 512;
    private const int MaxStripes = 16;

    // So that gradients of a thousand classes, one a stripe, stay below 64 MiB.
    private const int MaxStripeValues = 8 * 1024 * 1024;

    private readonly IFeatureRows _rows;
    private readonly int[] _photos;
    private readonly int[] _targets;
    private readonly double[] _weights;
    private readonly double _lambda;
    private readonly int _outputs;
    private readonly int _stride;
    private readonly double[] _scaled;
    private readonly double[] _shift;
    private readonly Stripe[] _stripes;

    /// <param name="problem">The problem.</param>
    /// <param name="photos">The photos that are fitted to.</param>
    /// <param name="lambda">λ.</param>
    public LogisticLoss(LogisticProblem problem, int[] photos, double lambda)
    {
        (_rows, _targets, _outputs, _photos, _lambda) = (problem.Rows, problem.Targets, problem.Outputs, photos, lambda);
        var total = photos.Sum(photo => problem.ClassWeights[_targets[photo]]);
        _weights = Array.ConvertAll(problem.ClassWeights, weight => weight / total);
        Parameters = (_outputs * _rows.Width) + _outputs;
        _stride = RowBlock.Padded(_rows.Width);
        (_scaled, _shift) = (new double[_outputs * _stride], new double[_outputs]);
        var count = Math.Clamp(Math.Min(photos.Length / PhotosPerStripe, MaxStripeValues / Parameters), 1, MaxStripes);
        _stripes = [.. Enumerable.Range(0, count).Select(index => new Stripe(
            (int)((long)index * photos.Length / count), (int)((long)(index + 1) * photos.Length / count), _outputs, _stride, _rows.NewBlock()))];
    }

    /// <summary>Number of parameters.</summary>
    public int Parameters { get; }

    /// <summary>The mean loss at the point that was asked for last, without the penalty.</summary>
    public double Loss { get; private set; }

    /// <summary>The share of photos given their own label there, each counted once.</summary>
    public double Accuracy { get; private set; }

    /// <summary>The objective, and its gradient.</summary>
    public double Evaluate(double[] point, double[] gradient)
    {
        Scale(_rows, _outputs, point, _scaled, _shift);
        if (_stripes.Length == 1)
        {
            Sum(_stripes[0]);
        }
        else
        {
            Parallel.ForEach(_stripes, Sum);
        }

        var width = _rows.Width;
        var weights = point.AsSpan(0, _outputs * width);
        TensorPrimitives.Multiply(weights, _lambda, gradient);
        gradient.AsSpan(weights.Length).Clear();
        Loss = 0;
        var right = 0;
        foreach (var stripe in _stripes)
        {
            Loss += stripe.Loss;
            right += stripe.Right;
            for (var output = 0; output < _outputs; output++)
            {
                // The gradient by a scaled value is that by the value itself, moved by the mean as often as it was added, and scaled.
                var own = gradient.AsSpan(output * width, width);
                TensorPrimitives.MultiplyAdd(stripe.Gradient.AsSpan(output * _stride, width), _rows.Scale, own, own);
                TensorPrimitives.MultiplyAdd(_rows.Mean, -_rows.Scale * stripe.Bias[output], own, own);
                gradient[weights.Length + output] += stripe.Bias[output];
            }
        }

        Accuracy = (double)right / _photos.Length;
        return Loss + (_lambda / 2 * TensorPrimitives.SumOfSquares<double>(weights));
    }

    /// <summary>The logits of photos.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="photos">The photos that are asked for.</param>
    /// <param name="point">The parameters.</param>
    /// <returns>Photos × outputs, row-major.</returns>
    public static double[] Logits(LogisticProblem problem, int[] photos, double[] point)
    {
        var (rows, outputs) = (problem.Rows, problem.Outputs);
        var (scaled, shift) = (new double[outputs * RowBlock.Padded(rows.Width)], new double[outputs]);
        Scale(rows, outputs, point, scaled, shift);
        var (block, products) = (rows.NewBlock(), new double[RowBlock.MaxCount * outputs]);
        var logits = new double[photos.Length * outputs];
        for (var start = 0; start < photos.Length; start += RowBlock.MaxCount)
        {
            var count = Math.Min(RowBlock.MaxCount, photos.Length - start);
            block.Fill(photos.AsSpan(start, count));
            block.Multiply(scaled, outputs, products);
            for (var index = 0; index < count; index++)
            {
                TensorPrimitives.Add(products.AsSpan(index * outputs, outputs), shift, logits.AsSpan((start + index) * outputs, outputs));
            }
        }

        return logits;
    }

    /// <summary>Turns the parameters into weights for the values as they are kept, and what is added to each product with them.</summary>
    private static void Scale(IFeatureRows rows, int outputs, double[] point, double[] scaled, double[] shift)
    {
        var (width, stride) = (rows.Width, RowBlock.Padded(rows.Width));
        for (var output = 0; output < outputs; output++)
        {
            var weights = scaled.AsSpan(output * stride, width);
            TensorPrimitives.Multiply(point.AsSpan(output * width, width), rows.Scale, weights);
            shift[output] = point[(outputs * width) + output] - TensorPrimitives.Dot(weights, rows.Mean);
        }
    }

    private void Sum(Stripe stripe)
    {
        Array.Clear(stripe.Gradient);
        Array.Clear(stripe.Bias);
        (stripe.Loss, stripe.Right) = (0, 0);
        for (var start = stripe.From; start < stripe.To; start += RowBlock.MaxCount)
        {
            AddBlock(stripe, _photos.AsSpan(start, Math.Min(RowBlock.MaxCount, stripe.To - start)));
        }
    }

    private void AddBlock(Stripe stripe, ReadOnlySpan<int> photos)
    {
        stripe.Rows.Fill(photos);
        stripe.Rows.Multiply(_scaled, _outputs, stripe.Logits);
        for (var index = 0; index < photos.Length; index++)
        {
            var target = _targets[photos[index]];
            var own = stripe.Logits.AsSpan(index * _outputs, _outputs);
            TensorPrimitives.Add(own, _shift, own);
            var (loss, isRight) = LogitLoss.ToGradient(own, target);
            stripe.Loss += _weights[target] * loss;
            stripe.Right += isRight ? 1 : 0;
            TensorPrimitives.Multiply(own, _weights[target], own);
            TensorPrimitives.Add(stripe.Bias, own, stripe.Bias);
        }

        stripe.Rows.AddMultiples(stripe.Logits, _outputs, stripe.Gradient);
    }

    /// <summary>Photos whose losses and gradients are added up by one thread, in order.</summary>
    private sealed class Stripe(int from, int to, int outputs, int stride, RowBlock rows)
    {
        public int From => from;

        public int To => to;

        public RowBlock Rows => rows;

        public double[] Logits { get; } = new double[RowBlock.MaxCount * outputs];

        /// <summary>By the weights for the values as they are kept.</summary>
        public double[] Gradient { get; } = new double[outputs * stride];

        public double[] Bias { get; } = new double[outputs];

        public double Loss { get; set; }

        public int Right { get; set; }
    }
}
