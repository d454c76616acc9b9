using System.Globalization;
using System.Text;

namespace DandelionMl.Benchmarks.All;

/// <summary>The common table of all benchmarks, and its place in a page.</summary>
/// <param name="gigaflopPerSecond">The matrix products' peak, measured in the same run; null where it could not be.</param>
internal sealed class MeasuredTable(double? gigaflopPerSecond)
{
    private const string Begin = "<!-- measured by: benchmarks all -->";
    private const string End = "<!-- end of what benchmarks all measured -->";

    private readonly List<(string Benchmark, TableRow Row)> _rows = [];
    private readonly List<string> _skipped = [];

    public void Add(string benchmark, IEnumerable<TableRow> rows) => _rows.AddRange(rows.Select(row => (benchmark, row)));

    public void Skip(string benchmark, string reason) => _skipped.Add($"`{benchmark}` ({reason})");

    public string ToMarkdown(TimeSpan taken)
    {
        var text = new StringBuilder();
        var peak = gigaflopPerSecond is { } peakOf
            ? FormattableString.Invariant($"; matrix products of DINOv2 ViT-S/14 alone, in single precision: {peakOf:0} GFLOP/s")
            : "";
        text.AppendLine(FormattableString.Invariant($"{Machine.Describe()}{peak}. The run took {taken.TotalMinutes:0.0} minutes."));
        text.AppendLine().AppendLine("| what | measured | beside | ratio | benchmark |").AppendLine("| --- | --- | --- | ---: | --- |");
        foreach (var (benchmark, row) in _rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.What} | {row.Figure} | {row.Beside} | {row.Ratio} | `{benchmark}` |");
        }

        if (_skipped.Count > 0)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Not measured, or not to the end: {string.Join(", ", _skipped)}.");
        }

        return text.ToString();
    }

    /// <summary>Puts a table between the marks of a page.</summary>
    /// <exception cref="InvalidDataException">The page has no marks.</exception>
    public static void Write(string page, string table)
    {
        var text = File.ReadAllText(page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin)
        {
            throw new InvalidDataException($"{page} has no lines '{Begin}' and '{End}' for the table.");
        }

        File.WriteAllText(page, $"{text[..(begin + Begin.Length)]}\n\n{table}\n{text[end..]}");
    }
}
