using System.Numerics.Tensors;

namespace DandelionMl.Training.Logistic;

/// <summary>The objective of logistic regression: the weighted mean of the photos' losses plus λ/2 · |w|², with its gradient. Parameters are
/// outputs × width weights, row-major, then one bias an output, which is not regularised.</summary>
/// <remarks>The photos are divided into stripes by their number alone, whose sums are added in order: the result is the same on any
/// number of threads.</remarks>
internal sealed class LogisticLoss
{
    // Photos whose values are held at a time, in a second-level cache, and how many of them share a read of the weights.
    private const int Block = 16;
    private const int Tile = FourRows.Count;

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
        var count = Math.Clamp(Math.Min(photos.Length / PhotosPerStripe, MaxStripeValues / Parameters), 1, MaxStripes);
        _stripes = [.. Enumerable.Range(0, count).Select(index => new Stripe(
            (int)((long)index * photos.Length / count), (int)((long)(index + 1) * photos.Length / count), _outputs, _rows.Width, Parameters))];
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
        if (_stripes.Length == 1)
        {
            Sum(_stripes[0], point);
        }
        else
        {
            Parallel.ForEach(_stripes, stripe => Sum(stripe, point));
        }

        var weights = point.AsSpan(0, _outputs * _rows.Width);
        TensorPrimitives.Multiply(weights, _lambda, gradient);
        gradient.AsSpan(weights.Length).Clear();
        Loss = 0;
        var right = 0;
        foreach (var stripe in _stripes)
        {
            Loss += stripe.Loss;
            right += stripe.Right;
            TensorPrimitives.Add(gradient, stripe.Gradient, gradient);
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
        var (logits, row) = (new double[photos.Length * problem.Outputs], new double[problem.Rows.Width]);
        for (var index = 0; index < photos.Length; index++)
        {
            problem.Rows.CopyTo(photos[index], row);
            for (var output = 0; output < problem.Outputs; output++)
            {
                logits[(index * problem.Outputs) + output] =
                    TensorPrimitives.Dot<double>(row, point.AsSpan(output * row.Length, row.Length)) + point[(problem.Outputs * row.Length) + output];
            }
        }

        return logits;
    }

    private void Sum(Stripe stripe, double[] point)
    {
        Array.Clear(stripe.Gradient);
        (stripe.Loss, stripe.Right) = (0, 0);
        for (var start = stripe.From; start < stripe.To; start += Block)
        {
            AddBlock(stripe, point, _photos.AsSpan(start, Math.Min(Block, stripe.To - start)));
        }
    }

    private void AddBlock(Stripe stripe, double[] point, ReadOnlySpan<int> photos)
    {
        var width = _rows.Width;
        for (var index = 0; index < photos.Length; index++)
        {
            _rows.CopyTo(photos[index], stripe.Rows.AsSpan(index * width, width));
        }

        var bias = point.AsSpan(_outputs * width);
        for (var output = 0; output < _outputs; output++)
        {
            var weights = point.AsSpan(output * width, width);
            for (var index = 0; index < photos.Length; index += Tile)
            {
                FourRows.Dot(weights, stripe.Rows.AsSpan(index * width, Tile * width), out var a, out var b, out var c, out var d);
                var logits = stripe.Logits.AsSpan((index * _outputs) + output);
                (logits[0], logits[_outputs], logits[2 * _outputs], logits[3 * _outputs]) =
                    (a + bias[output], b + bias[output], c + bias[output], d + bias[output]);
            }
        }

        for (var index = 0; index < photos.Length; index++)
        {
            var target = _targets[photos[index]];
            var (loss, isRight) = LogitLoss.ToGradient(stripe.Logits.AsSpan(index * _outputs, _outputs), target);
            stripe.Loss += _weights[target] * loss;
            stripe.Right += isRight ? 1 : 0;
            TensorPrimitives.Multiply(stripe.Logits.AsSpan(index * _outputs, _outputs), _weights[target], stripe.Logits.AsSpan(index * _outputs, _outputs));
        }

        // What is left of an earlier block adds nothing.
        stripe.Logits.AsSpan(photos.Length * _outputs).Clear();
        for (var output = 0; output < _outputs; output++)
        {
            var gradient = stripe.Gradient.AsSpan(output * width, width);
            for (var index = 0; index < photos.Length; index += Tile)
            {
                var by = stripe.Logits.AsSpan((index * _outputs) + output);
                FourRows.Add(gradient, stripe.Rows.AsSpan(index * width, Tile * width), by[0], by[_outputs], by[2 * _outputs], by[3 * _outputs]);
                stripe.Gradient[(_outputs * width) + output] += by[0] + by[_outputs] + by[2 * _outputs] + by[3 * _outputs];
            }
        }
    }

    /// <summary>Photos whose losses and gradients are added up by one thread, in order.</summary>
    private sealed class Stripe(int from, int to, int outputs, int width, int parameters)
    {
        public int From => from;

        public int To => to;

        public double[] Rows { get; } = new double[Block * width];

        public double[] Logits { get; } = new double[Block * outputs];

        public double[] Gradient { get; } = new double[parameters];

        public double Loss { get; set; }

        public int Right { get; set; }
    }
}
