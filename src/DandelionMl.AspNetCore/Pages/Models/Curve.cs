using System.Globalization;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>A line over epochs, laid out in a picture of <see cref="Width"/> × <see cref="Height"/>.</summary>
internal sealed class Curve
{
    public const int Width = 380;
    public const int Height = 210;
    public const int Left = 46;
    public const int Right = Width - 8;
    public const int Top = 10;
    public const int Bottom = Height - 26;

    private const int MostMarks = 5;
    private static readonly double[] RoundFactors = [1, 2, 5, 10];
    private readonly IReadOnlyList<double> _values;
    private readonly double _step;

    /// <param name="values">The value of each epoch, from the first; at least one.</param>
    /// <param name="isShare">Whether the values are shares of 1; such a picture ends at 1, others begin at 0.</param>
    /// <param name="others">Values of the same epochs that have to fit in, too.</param>
    public Curve(IReadOnlyList<double> values, bool isShare, IReadOnlyList<double>? others = null)
    {
        _values = values;
        List<double> all = [.. values, .. others ?? []];
        var range = isShare ? 1 - all.Min() : all.Max();
        _step = RoundStep(range > 0 ? range / MostMarks : 0.01);
        var steps = Math.Max(1, Math.Ceiling((range / _step) - 1e-9));
        (Least, Most) = isShare ? (1 - (steps * _step), 1.0) : (0.0, steps * _step);
    }

    public double Least { get; }

    public double Most { get; }

    /// <summary>The line, for a <c>polyline</c>.</summary>
    public string Points => PointsOf(_values);

    /// <summary>The heights that are marked, from the bottom.</summary>
    public IEnumerable<double> Marks => Enumerable.Range(0, (int)Math.Round((Most - Least) / _step) + 1).Select(mark => Least + (mark * _step));

    /// <summary>The epochs that are marked.</summary>
    public IEnumerable<int> Epochs => new[] { 1, (_values.Count + 1) / 2, _values.Count }.Distinct();

    /// <summary>The line of other values of the same epochs.</summary>
    public string PointsOf(IEnumerable<double> values) => string.Join(' ', values.Select((value, index) => $"{Text(X(index + 1))},{Text(Y(value))}"));

    public double X(int epoch) => _values.Count == 1 ? (Left + Right) / 2.0 : Left + ((epoch - 1.0) * (Right - Left) / (_values.Count - 1));

    public double Y(double value) => Bottom - ((value - Least) * (Bottom - Top) / (Most - Least));

    /// <summary>The next of 1, 2, 5, 10, 20 … and of 0.5, 0.2, 0.1 …</summary>
    private static double RoundStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return power * RoundFactors.First(factor => (factor * power) + 1e-12 >= step);
    }

    /// <summary>A length as SVG writes it.</summary>
    public static string Text(double length) => length.ToString("0.##", CultureInfo.InvariantCulture);
}
