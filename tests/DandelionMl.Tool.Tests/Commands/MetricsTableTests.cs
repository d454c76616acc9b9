using DandelionMl.Registry;
using DandelionMl.Tool.Commands;
using Spectre.Console;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class MetricsTableTests
{
    [Fact]
    public void Write_few_classes_is_the_whole_confusion_matrix()
    {
        var text = Write(3);

        Assert.Contains("as class 2", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_a_thousand_classes_is_the_worst_of_them()
    {
        var text = Write(1_000);

        Assert.InRange(text.Length, 1_000, 20_000);
        Assert.Contains("1000 classes", text, StringComparison.Ordinal);

        // Class 7 is taken for class 8 most often.
        Assert.Matches("class 7 +│ class 8 +│ 500", text);
        Assert.DoesNotContain("as class", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_near_duplicates_tells_the_distinct_photos()
    {
        var text = Write(3, metrics => metrics with { DistinctPhotos = 4, DistinctAccuracy = 0.75 });

        Assert.Contains("which are 4 distinct ones: 75.0 % of them", text.Replace("75.0%", "75.0 %", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static string Write(int classes, Func<ModelMetrics, ModelMetrics>? change = null)
    {
        var matrix = Enumerable.Range(0, classes).Select(actual => Enumerable.Range(0, classes).Select(predicted =>
            predicted == actual ? 5 : actual == 7 && predicted == 8 ? 500 : predicted == actual + 1 ? 1 : 0).ToArray()).ToArray();
        var metrics = new ModelMetrics
        {
            Images = classes * 6,
            Accuracy = 0.8,
            Loss = 0.5,
            ExpectedCalibrationError = 0.1,
            Classes = [.. Enumerable.Range(0, classes).Select(index => new ClassMetrics($"class {index}", 6, 0.9, index == 7 ? 0.01 : 0.8))],
            ConfusionMatrix = matrix,
        };
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 200;
        MetricsTable.Write(console, change is null ? metrics : change(metrics));
        return writer.ToString();
    }
}
