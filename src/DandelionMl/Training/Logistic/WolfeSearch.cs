using System.Numerics.Tensors;

namespace DandelionMl.Training.Logistic;

/// <summary>Looks along a direction for a step that fulfils the strong Wolfe conditions (Nocedal and Wright, Numerical Optimization, 2006,
/// algorithms 3.5 and 3.6): the function falls enough, and its slope is flat enough.</summary>
internal sealed class WolfeSearch
{
    private const double Decrease = 1e-4;
    private const double Flatness = 0.9;
    private const double LeastExpansion = 2;
    private const double MostExpansion = 100;
    private const int MaxTrials = 40;

    // Close to the minimum the function changes less than its rounding: there the slope alone decides (Hager and Zhang 2005).
    private const double Rounding = 1e-13;

    private readonly SmoothFunction _function;
    private readonly double[] _start;
    private readonly double[] _direction;
    private readonly double[] _point;
    private readonly double[] _gradient;
    private readonly Trial _origin;

    private WolfeSearch(SmoothFunction function, double[] start, double[] direction, double[] point, double[] gradient, double value)
    {
        (_function, _start, _direction, _point, _gradient) = (function, start, direction, point, gradient);
        _origin = new Trial(0, value, TensorPrimitives.Dot<double>(gradient, direction));
    }

    /// <summary>Searches.</summary>
    /// <param name="function">The function.</param>
    /// <param name="start">Where the line starts.</param>
    /// <param name="direction">Where it leads, downhill.</param>
    /// <param name="firstStep">The length that is tried first, in directions.</param>
    /// <param name="point">Receives the point that was found.</param>
    /// <param name="gradient">The gradient at the start; receives that at the point.</param>
    /// <param name="value">The value at the start; receives that at the point.</param>
    /// <returns>Whether there is such a step.</returns>
    public static bool TryMove(
        SmoothFunction function, double[] start, double[] direction, double firstStep, double[] point, double[] gradient, ref double value)
    {
        var search = new WolfeSearch(function, start, direction, point, gradient, value);
        if (search._origin.Slope >= 0 || search.Find(firstStep) is not { } found)
        {
            return false;
        }

        value = found.Value;
        return true;
    }

    /// <summary>Widens the interval until it holds such a step, then narrows it.</summary>
    private Trial? Find(double firstStep)
    {
        var (before, step) = (_origin, firstStep);
        for (var trial = 0; trial < MaxTrials; trial++)
        {
            var here = Try(step);
            if (!Falls(here) || (trial > 0 && here.Value >= before.Value + Slack))
            {
                return Narrow(before, here, MaxTrials - trial);
            }

            if (IsFlat(here))
            {
                return here;
            }

            if (here.Slope >= 0)
            {
                return Narrow(here, before, MaxTrials - trial);
            }

            // Where the slope would be flat if it went on as from the start to here.
            (before, step) = (here, step * Math.Clamp(_origin.Slope / (_origin.Slope - here.Slope), LeastExpansion, MostExpansion));
        }

        return null;
    }

    private Trial? Narrow(Trial low, Trial high, int trials)
    {
        for (var trial = 0; trial < trials; trial++)
        {
            var here = Try(Between(low, high));
            if (!Falls(here) || here.Value > low.Value + Slack)
            {
                high = here;
                continue;
            }

            if (IsFlat(here))
            {
                return here;
            }

            if (here.Slope * (high.Step - low.Step) >= 0)
            {
                high = low;
            }

            low = here;
        }

        return null;
    }

    private double Slack => Rounding * Math.Abs(_origin.Value);

    private bool Falls(Trial trial) => trial.Value <= _origin.Value + (Decrease * trial.Step * _origin.Slope) + Slack;

    private bool IsFlat(Trial trial) => Math.Abs(trial.Slope) <= -Flatness * _origin.Slope;

    private Trial Try(double step)
    {
        TensorPrimitives.MultiplyAdd(_direction, step, _start, _point);
        var value = _function(_point, _gradient);
        return new Trial(step, value, TensorPrimitives.Dot<double>(_gradient, _direction));
    }

    /// <summary>The minimum of the cubic with the values and slopes of both, or the middle where it is too close to an end.</summary>
    private static double Between(Trial low, Trial high)
    {
        var d1 = low.Slope + high.Slope - (3 * (low.Value - high.Value) / (low.Step - high.Step));
        var d2 = Math.Sign(high.Step - low.Step) * Math.Sqrt(Math.Max((d1 * d1) - (low.Slope * high.Slope), 0));
        var cubic = high.Step - ((high.Step - low.Step) * (high.Slope + d2 - d1) / (high.Slope - low.Slope + (2 * d2)));
        var (left, right) = (Math.Min(low.Step, high.Step), Math.Max(low.Step, high.Step));
        var margin = 0.05 * (right - left);
        return cubic > left + margin && cubic < right - margin ? cubic : (left + right) / 2;
    }

    private readonly record struct Trial(double Step, double Value, double Slope);
}
