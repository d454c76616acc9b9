using System.Globalization;

namespace DandelionMl.Host.Pages.Models;

/// <summary>A line over epochs, laid out in a picture of <see cref="Width"/> × <see cref="Height"/>.</summary>
internal sealed class Curve
{
    public const int Width = 380;
    public const int Height = 210;
    public const int Left = 46;
    public const int Right = Width - 8;
    public const int Top = 10;
    public const int Bottom = Height - 26;

    private const int Lines = 4;
    private readonly IReadOnlyList<double> _values;

    /// <param name="values">The value of each epoch, from the first; at least one.</param>
    /// <param name="most">The top of the picture; null for the largest value.</param>
    public Curve(IReadOnlyList<double> values, double? most = null)
    {
        _values = values;
        Most = most ?? values.Max();
        Least = most is null ? 0 : Math.Floor(values.Min() * 10) / 10;
        if (Most <= Least)
        {
            Most = Least + 1;
        }
    }

    public double Least { get; }

    public double Most { get; }

    /// <summary>The line, for a <c>polyline</c>.</summary>
    public string Points => string.Join(' ', _values.Select((value, index) => $"{Text(X(index + 1))},{Text(Y(value))}"));

    /// <summary>The heights that are marked, from the bottom.</summary>
    public IEnumerable<double> Marks => Enumerable.Range(0, Lines + 1).Select(line => Least + (line * (Most - Least) / Lines));

    /// <summary>The epochs that are marked.</summary>
    public IEnumerable<int> Epochs => new[] { 1, (_values.Count + 1) / 2, _values.Count }.Distinct();

    public double X(int epoch) => _values.Count == 1 ? (Left + Right) / 2.0 : Left + ((epoch - 1.0) * (Right - Left) / (_values.Count - 1));

    public double Y(double value) => Bottom - ((value - Least) * (Bottom - Top) / (Most - Least));

    /// <summary>A length as SVG writes it.</summary>
    public static string Text(double length) => length.ToString("0.##", CultureInfo.InvariantCulture);
}
