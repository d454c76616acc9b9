using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using DandelionMl.Telemetry;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Tests.Telemetry;

/// <summary>docs/telemetry.md says what the library really gives.</summary>
public sealed partial class TelemetryDocumentTests
{
    private static readonly string[] Document = File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "docs", "telemetry.md"));

    private static readonly string Sources = string.Concat(Directory
        .EnumerateFiles(Path.Combine(RepositoryFiles.Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText));

    [Fact]
    public async Task Instruments_are_those_of_one_meter_and_of_the_document()
    {
        await using var loop = new TestLoop();
        using var measured = new Measurements(loop.Services);
        foreach (var type in typeof(LibraryTelemetry).Assembly.GetTypes().Where(MakesInstruments))
        {
            loop.Services.GetRequiredService(type);
        }

        Assert.Equal(["DandelionMl"], measured.Instruments.Select(instrument => instrument.Meter.Name).Distinct());
        Assert.Equal(
            Table("| name | kind |").Select(row => string.Join(" | ", row.Take(4))).Order(StringComparer.Ordinal),
            measured.Instruments.Select(Describe).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Attributes_and_spans_in_the_code_are_in_the_document()
    {
        var text = Placeholder().Replace(string.Join('\n', Document), "{");
        var names = AttributeName().Matches(Sources).Select(match => match.Groups[1].Value)
            .Concat(SpanName().Matches(Sources).Select(match => Placeholder().Replace(match.Groups[1].Value, "{"))).Distinct().ToList();

        Assert.True(names.Count > 40);
        Assert.All(names, name => Assert.Contains($"`{name}", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Log_events_have_ids_of_their_own_in_the_ranges_of_the_document()
    {
        var events = LogEvent().Matches(Sources)
            .Select(match => new[] { match.Groups[1].Value, $"`{match.Groups[3].Value}`", match.Groups[2].Value }).ToList();

        Assert.Equal(Regex.Count(Sources, @"\[LoggerMessage\("), events.Count);
        Assert.Equal(events.Count, events.DistinctBy(item => item[0]).Count());
        Assert.Equal(
            Table("| id | event |").Select(row => string.Join(' ', row)),
            events.OrderBy(item => int.Parse(item[0], System.Globalization.CultureInfo.InvariantCulture)).Select(item => string.Join(' ', item)));
    }

    /// <summary>The cells of the rows of the table that begins so.</summary>
    private static IEnumerable<string[]> Table(string head) => Document
        .SkipWhile(line => !line.StartsWith(head, StringComparison.Ordinal)).Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|', ' ').Split(" | "));

    private static bool MakesInstruments(Type type) => type.GetConstructors()
        .Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(IMeterFactory)))
        && type.Name.EndsWith("Telemetry", StringComparison.Ordinal);

    private static string Describe(Instrument instrument)
    {
        var kind = instrument.GetType().Name switch
        {
            "Counter`1" => "counter",
            "UpDownCounter`1" => "up-down counter",
            "Histogram`1" => "histogram",
            "Gauge`1" or "ObservableGauge`1" => "gauge",
            var other => other,
        };
        return $"`{instrument.Name}` | {kind} | `{instrument.Unit}` | {instrument.Description}";
    }

    [GeneratedRegex("\"(dandelionml\\.[a-z_.]+)\"")]
    private static partial Regex AttributeName();

    [GeneratedRegex(@"(?:StartActivity|\.MeasureAsync)\(\s*\$?""([a-z]+ [^""]+)""")]
    private static partial Regex SpanName();

    /// <summary>What stands for a name, called one thing in the code and another in the document.</summary>
    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\[LoggerMessage\((\d+), LogLevel\.(\w+),.*?\)\]\s*(?://[^\n]*\n\s*)*\w+ static partial void (\w+)\(", RegexOptions.Singleline)]
    private static partial Regex LogEvent();
}
