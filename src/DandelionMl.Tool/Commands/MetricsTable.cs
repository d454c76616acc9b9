using System.Globalization;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary>Writes a model's metrics for people.</summary>
internal static class MetricsTable
{
    public static void Write(IAnsiConsole console, ModelMetrics metrics)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"Accuracy [bold]{metrics.Accuracy:P1}[/] on {metrics.Images} photos{Distinct(metrics)}, cross-entropy {metrics.Loss:0.000}, calibration error {metrics.ExpectedCalibrationError:0.000}");
        var table = new Table().AddColumns("true class", "photos", "precision", "recall");
        foreach (var column in metrics.Classes)
        {
            table.AddColumn(Markup.Escape($"as {column.Label}"));
        }

        foreach (var (row, counts) in metrics.Classes.Zip(metrics.ConfusionMatrix))
        {
            string[] cells =
            [
                Markup.Escape(row.Label), Number(row.Images), row.Precision.ToString("P1", CultureInfo.InvariantCulture),
                row.Recall.ToString("P1", CultureInfo.InvariantCulture), .. counts.Select(Number),
            ];
            table.AddRow(cells);
        }

        console.Write(table);
    }

    private static string Distinct(ModelMetrics metrics) => metrics.DistinctPhotos is { } photos && photos < metrics.Images
        ? string.Create(CultureInfo.InvariantCulture, $", which are {photos} distinct ones: {metrics.DistinctAccuracy:P1} of them")
        : "";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
