using System.Text.RegularExpressions;
using DandelionMl.IntegrationTests.S3;
using DandelionMl.Tests.Support;

namespace DandelionMl.IntegrationTests.Telemetry;

/// <summary>The files for Prometheus, as its own tool reads them.</summary>
public sealed partial class PrometheusRulesTests
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "deploy", "prometheus");

    [Fact]
    public Task Configuration_and_rules_are_valid() =>
        Daemon.RunAsync("promtool", "check", "config", "--lint-fatal", Path.Combine(Folder, "prometheus.yml"));

    [Fact]
    public Task Each_alert_fires_when_it_is_meant_to_and_not_before() =>
        Daemon.RunAsync("promtool", "test", "rules", Path.Combine(Folder, "alerts.test.yml"));

    [Fact]
    public void Each_alert_has_a_test()
    {
        var alerts = AlertName().Matches(File.ReadAllText(Path.Combine(Folder, "alerts.yml"))).Select(match => match.Groups[1].Value).ToList();
        var tests = File.ReadAllText(Path.Combine(Folder, "alerts.test.yml"));

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Equal(2, Regex.Count(tests, $@"alertname: {alert}\b")));
    }

    [Fact]
    public void Rules_ask_for_metrics_of_the_document_alone()
    {
        var document = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "telemetry.md"));
        var known = Instrument().Matches(document).Select(match => PrometheusName(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value)).ToHashSet();
        var asked = LibraryMetric().Matches(File.ReadAllText(Path.Combine(Folder, "alerts.yml"))).Select(match => match.Value).Distinct().ToList();

        Assert.NotEmpty(asked);
        Assert.Empty(asked.Except(known));
    }

    /// <summary>What OpenTelemetry's exporter makes of a name.</summary>
    private static string PrometheusName(string name, string kind, string unit) =>
        name.Replace('.', '_') + unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" } + (kind == "counter" ? "_total" : "");

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\| `(dandelionml[a-z_.]+)` \| (counter|gauge) \| `([^`]+)` \|")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"\bdandelionml_(?!pipeline\b)[a-z_]+")]
    private static partial Regex LibraryMetric();
}
