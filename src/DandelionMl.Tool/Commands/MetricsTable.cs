using System.Globalization;
using DandelionMl.Registry;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary>Writes a model's metrics for people.</summary>
internal static class MetricsTable
{
    /// <summary>The most classes that a whole confusion matrix is written of, and the most lines of a table in its place.</summary>
    public const int MostClasses = 20;

    public static void Write(IAnsiConsole console, ModelMetrics metrics)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"Accuracy [bold]{metrics.Accuracy:P1}[/] on {metrics.Images} photos{Distinct(metrics)}, cross-entropy {metrics.Loss:0.000}, calibration error {metrics.ExpectedCalibrationError:0.000}{Uncalibrated(metrics)}");
        if (metrics is { PredictionSetCoverage: { } coverage, PredictionSetSize: { } size })
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
                $"Right class among those named [bold]{coverage:P1}[/], {size:0.00} named a photo (set on {metrics.CalibrationPhotos} training photos held out)");
        }

        if (metrics.Classes.Count > MostClasses)
        {
            WriteWorst(console, metrics);
            return;
        }

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

    /// <summary>The classes that are found least, and the pairs that are confused most.</summary>
    private static void WriteWorst(IAnsiConsole console, ModelMetrics metrics)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"{metrics.Classes.Count} classes; the {MostClasses} of the lowest recall (all are in 'models show --json'):");
        var classes = new Table().AddColumns("true class", "photos", "precision", "recall");
        foreach (var row in metrics.Classes.OrderBy(item => item.Recall).ThenByDescending(item => item.Images).Take(MostClasses))
        {
            classes.AddRow(
                Markup.Escape(row.Label), Number(row.Images), row.Precision.ToString("P1", CultureInfo.InvariantCulture),
                row.Recall.ToString("P1", CultureInfo.InvariantCulture));
        }

        console.Write(classes);
        var confusions = metrics.ConfusionMatrix.SelectMany((row, actual) => row.Select((count, predicted) => (actual, predicted, count)))
            .Where(item => item.actual != item.predicted && item.count > 0).OrderByDescending(item => item.count).Take(MostClasses).ToList();
        if (confusions.Count == 0)
        {
            return;
        }

        var pairs = new Table().AddColumns("true class", "taken for", "photos");
        foreach (var (actual, predicted, count) in confusions)
        {
            pairs.AddRow(Markup.Escape(metrics.Classes[actual].Label), Markup.Escape(metrics.Classes[predicted].Label), Number(count));
        }

        console.Write(pairs);
    }

    private static string Distinct(ModelMetrics metrics) => metrics.DistinctPhotos is { } photos && photos < metrics.Images
        ? string.Create(CultureInfo.InvariantCulture, $", which are {photos} distinct ones: {metrics.DistinctAccuracy:P1} of them")
        : "";

    private static string Uncalibrated(ModelMetrics metrics) =>
        metrics is { UncalibratedLoss: { } loss, UncalibratedCalibrationError: { } error }
            ? string.Create(CultureInfo.InvariantCulture, $" (before calibration {loss:0.000} and {error:0.000})")
            : "";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
