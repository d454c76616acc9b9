using System.Numerics.Tensors;

namespace DandelionMl.Training.LearningCurves;

/// <summary>The error by the number of photos, carried on beyond what was measured: an inverse power law, error = now + slope · ((n / N)^-b - 1) / b,
/// where N is the number of photos there are.</summary>
/// <remarks>
/// <para>With an exponent b above 0 it is the usual one, which ends at some error (Hestness et al. 2017, Rosenfeld et al. 2020); at 0 the error falls
/// by the same with each doubling, and below 0 faster and faster, as with fewer photos than an embedding has values. Carried on to no more than
/// twice the photos, it need not end anywhere. Where it must end above 0, it told half of the gain of such embeddings.</para>
/// <para>A few noisy points go with many curves. So no exponent is chosen: each counts by how well it goes with the points (Bayes, every exponent and
/// every slope that does not rise as likely beforehand), and the intervals are those of all curves together. Points are measured on the same
/// photos and rise and fall together, which is taken into account.</para>
/// </remarks>
internal sealed class GrowthLaw
{
    // Photos of one set vary less than sets that might have come (Bengio and Grandvalet 2004): how much more these do, so that intervals hold.
    private const double Inflation = 2.5;

    // What a point may be off the curve, as no learning follows a law to the last digit.
    private const double Doubt = 0.002;

    // Where all curves would rise, they still count as each other.
    private const double Never = 1e-12;

    // Beyond these, exponents are told from their neighbours by nothing.
    private static readonly IReadOnlyList<double> Exponents = [.. Enumerable.Range(-8, 25).Select(step => step / 10.0)];

    private readonly double _now;
    private readonly List<Curve> _curves;

    private GrowthLaw(double now, List<Curve> curves) => (_now, _curves) = (now, curves);

    /// <summary>Fits.</summary>
    /// <param name="sizes">Numbers of photos.</param>
    /// <param name="errors">For each photo, how often it was wrong at each size.</param>
    /// <param name="now">The number of photos there are.</param>
    public static GrowthLaw Fit(double[] sizes, IReadOnlyList<double[]> errors, double now)
    {
        double[] means = [.. sizes.Select((_, size) => errors.Average(photo => photo[size]))];
        var factor = Cholesky(Covariance(errors, means));
        var (measured, ones) = (Whiten(factor, means), Whiten(factor, [.. means.Select(_ => 1.0)]));
        List<Curve> curves =
        [
            .. Exponents.Select(exponent => Curve.Fit(
                measured, ones, Whiten(factor, [.. sizes.Select(size => Rise(size / now, exponent))]), exponent)),
        ];
        var least = curves.Min(curve => curve.Misfit);
        return new GrowthLaw(now, [.. curves.Select(curve => curve with
        {
            Weight = Math.Exp((least - curve.Misfit) / 2) * Math.Max(Normal(curve.Slope / curve.SlopeDeviation), Never),
        })]);
    }

    /// <summary>The error with the photos there are.</summary>
    public double Now => _curves.Sum(curve => curve.Weight * curve.Level) / _curves.Sum(curve => curve.Weight);

    /// <summary>By how much more photos lower the error: the median of all curves, and what 95 % of them lie between.</summary>
    public Likely Gain(double more)
    {
        List<Answer> answers =
        [
            .. _curves.Select(curve => (Curve: curve, Fall: -Rise((_now + more) / _now, curve.Exponent)))
                .Select(item => new Answer(item.Curve.Slope * item.Fall, item.Curve.SlopeDeviation * item.Fall, item.Curve.Weight)),
        ];
        var most = answers.Max(answer => Math.Max(0, answer.Mean) + (6 * answer.Deviation));
        return new Likely(Quantile(0.5), Quantile(0.025), Quantile(0.975));

        double Quantile(double share)
        {
            var (low, high) = (0.0, most);
            for (var step = 0; step < 50; step++)
            {
                var middle = (low + high) / 2;
                (low, high) = answers.Sum(answer => answer.Below(middle)) < share * answers.Sum(answer => answer.Weight) ? (middle, high) : (low, middle);
            }

            return high;
        }
    }

    private static double Rise(double share, double exponent) =>
        Math.Abs(exponent) < 1e-9 ? -Math.Log(share) : (Math.Pow(share, -exponent) - 1) / exponent;

    private static double[][] Covariance(IReadOnlyList<double[]> errors, double[] means) =>
    [
        .. means.Select((mean, row) => means.Select((other, column) =>
            (Inflation * errors.Sum(photo => (photo[row] - mean) * (photo[column] - other)) / errors.Count / errors.Count)
            + (row == column ? Doubt * Doubt : 0)).ToArray()),
    ];

    /// <summary>The lower triangular matrix whose product with its transpose is a matrix.</summary>
    private static double[][] Cholesky(double[][] matrix)
    {
        var factor = Array.ConvertAll(matrix, row => new double[row.Length]);
        for (var row = 0; row < matrix.Length; row++)
        {
            for (var column = 0; column <= row; column++)
            {
                var rest = matrix[row][column] - TensorPrimitives.Dot<double>(factor[row].AsSpan(0, column), factor[column].AsSpan(0, column));
                factor[row][column] = row == column ? Math.Sqrt(rest) : rest / factor[column][column];
            }
        }

        return factor;
    }

    /// <summary>Turns values into ones that are as sure as each other, and do not depend on each other.</summary>
    private static double[] Whiten(double[][] factor, double[] values)
    {
        var white = new double[values.Length];
        for (var row = 0; row < white.Length; row++)
        {
            white[row] = (values[row] - TensorPrimitives.Dot<double>(factor[row].AsSpan(0, row), white.AsSpan(0, row))) / factor[row][row];
        }

        return white;
    }

    /// <summary>The chance that a value of the standard normal distribution is below another (Zelen and Severo 1964, to seven digits).</summary>
    private static double Normal(double value)
    {
        var t = 1 / (1 + (0.2316419 * Math.Abs(value)));
        var tail = Math.Exp(-value * value / 2) / Math.Sqrt(2 * Math.PI)
            * t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return value > 0 ? 1 - tail : tail;
    }

    /// <summary>What the curves of an exponent answer: normally distributed above zero.</summary>
    private readonly record struct Answer(double Mean, double Deviation, double Weight)
    {
        /// <summary>The weight of what is below a value.</summary>
        public double Below(double value)
        {
            var none = Normal(-Mean / Deviation);
            return none >= 1 - 1e-12 ? Weight : Weight * (Normal((value - Mean) / Deviation) - none) / (1 - none);
        }
    }

    /// <summary>The curves of an exponent.</summary>
    /// <param name="Exponent">The exponent.</param>
    /// <param name="Level">The error now, on the best of the curves that do not rise.</param>
    /// <param name="Slope">How steeply the best of all curves falls now, by the logarithm of the photos.</param>
    /// <param name="SlopeDeviation">The slope's standard deviation.</param>
    /// <param name="Misfit">How badly the best curve that does not rise goes with the points: squared, in standard deviations.</param>
    private readonly record struct Curve(double Exponent, double Level, double Slope, double SlopeDeviation, double Misfit)
    {
        /// <summary>How much they count beside those of other exponents.</summary>
        public double Weight { get; init; }

        public static Curve Fit(double[] measured, double[] ones, double[] shape, double exponent)
        {
            var (oo, os, ss) = (Dot(ones, ones), Dot(ones, shape), Dot(shape, shape));
            var (om, sm) = (Dot(ones, measured), Dot(shape, measured));
            var determinant = (oo * ss) - (os * os);
            var slope = ((oo * sm) - (os * om)) / determinant;
            var falling = Math.Max(0, slope);
            var level = (om - (os * falling)) / oo;
            var misfit = measured.Select((value, index) => value - (level * ones[index]) - (falling * shape[index])).Sum(rest => rest * rest);
            return new Curve(exponent, level, slope, Math.Sqrt(oo / determinant), misfit);
        }

        private static double Dot(double[] values, double[] others) => TensorPrimitives.Dot<double>(values, others);
    }
}

/// <summary>A figure with an interval that is to hold it 19 times in 20.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">The interval's lower end.</param>
/// <param name="High">Its upper end.</param>
internal readonly record struct Likely(double Value, double Low, double High)
{
    /// <summary>Adds the mean of what was measured of each photo.</summary>
    /// <param name="shifts">What was measured.</param>
    /// <param name="inflation">How many times more its variance is taken for.</param>
    public Likely Shift(double[] shifts, double inflation)
    {
        var mean = shifts.Average();
        var doubt = 1.96 * Math.Sqrt(inflation * shifts.Sum(shift => (shift - mean) * (shift - mean))) / shifts.Length;
        return new Likely(Value + mean, Value + mean - double.Hypot(Value - Low, doubt), Value + mean + double.Hypot(High - Value, doubt));
    }

    /// <summary>The same where no more than this can be had. The upper end stays: what there is today has its own doubt.</summary>
    public Likely AtMost(double most) => new(Math.Min(Value, most), Math.Min(Low, most), High);
}
