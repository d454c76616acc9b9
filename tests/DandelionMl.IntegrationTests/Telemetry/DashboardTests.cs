using System.Text.Json;
using System.Text.RegularExpressions;
using DandelionMl.Tests.Support;

namespace DandelionMl.IntegrationTests.Telemetry;

/// <summary>The dashboards for Grafana, and what the real Prometheus answers to each of their queries.</summary>
public sealed partial class DashboardTests(WatchedHost watched) : IClassFixture<WatchedHost>
{
    /// <summary>What rightly has no data on a host that is well: nothing was refused, no shadow runs, fewer than ten photos of the week are
    /// reviewed, the only version was judged alone, and nobody had labels checked.</summary>
    private static readonly string[] MayBeEmpty =
    [
        "dandelionml_prediction_rejections_total", "dandelionml_shadow_predictions_total", "dandelionml_model_live_accuracy",
        "dandelionml_review_missing_random", "dandelionml_gate_test_image_uses", "dandelionml_labels_doubted",
    ];

    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "deploy", "grafana", "dashboards");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Dashboards_are_four_with_names_of_their_own()
    {
        var uids = Files.Select(file => Read(file).GetProperty("uid").GetString()).ToList();

        Assert.Equal(4, uids.Distinct().Count());
    }

    /// <summary>Grafana refuses its newer form in files.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Dashboard_is_classic_json(string file)
    {
        var dashboard = Read(file);

        Assert.InRange(dashboard.GetProperty("schemaVersion").GetInt32(), 1, 42);
        Assert.NotEmpty(dashboard.GetProperty("panels").EnumerateArray());
        Assert.False(dashboard.TryGetProperty("elements", out _));
        Assert.False(dashboard.TryGetProperty("layout", out _));
        var panels = dashboard.GetProperty("panels").EnumerateArray().Select(Place).ToList();
        Assert.All(panels, panel => Assert.InRange(panel.Right, panel.X + 1, 24));
        Assert.DoesNotContain(panels.SelectMany((one, index) => panels.Skip(index + 1).Select(other => (one, other))), pair => Overlap(pair.one, pair.other));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Each_query_of_a_dashboard_has_data(string file)
    {
        foreach (var (title, query) in Queries(file))
        {
            var values = await watched.QueryAsync(query);

            Assert.True(values.Count > 0 || MayBeEmpty.Any(query.Contains), $"'{title}' has no data: {query}");
        }
    }

    [Fact]
    public async Task Each_query_of_an_alert_can_be_answered()
    {
        var rules = await watched.ListRulesAsync();

        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.True(rule.Health == "ok", rule.Name));
        foreach (var metric in LibraryMetric().Matches(await File.ReadAllTextAsync(
            Path.Combine(RepositoryFiles.Root, "deploy", "prometheus", "alerts.yml"), TestContext.Current.CancellationToken))
            .Select(match => match.Value).Distinct().Except(MayBeEmpty))
        {
            Assert.True((await watched.QueryAsync(metric)).Count > 0, metric);
        }
    }

    private static JsonElement Read(string file) => JsonElement.Parse(File.ReadAllText(Path.Combine(Folder, file)));

    private static IEnumerable<(string Title, string Query)> Queries(string file) =>
        from panel in Read(file).GetProperty("panels").EnumerateArray()
        from target in panel.GetProperty("targets").EnumerateArray()
        select (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!
            .Replace("$job", "dandelion", StringComparison.Ordinal)
            .Replace("$__rate_interval", "10m", StringComparison.Ordinal)
            .Replace("$__range", "10m", StringComparison.Ordinal));

    private static (int X, int Y, int Right, int Bottom) Place(JsonElement panel)
    {
        var place = panel.GetProperty("gridPos");
        int Of(string name) => place.GetProperty(name).GetInt32();
        return (Of("x"), Of("y"), Of("x") + Of("w"), Of("y") + Of("h"));
    }

    private static bool Overlap((int X, int Y, int Right, int Bottom) one, (int X, int Y, int Right, int Bottom) other) =>
        one.X < other.Right && other.X < one.Right && one.Y < other.Bottom && other.Y < one.Bottom;

    [GeneratedRegex(@"\b(dandelionml_(?!pipeline\b)[a-z_]+|http_server_[a-z_]+)")]
    private static partial Regex LibraryMetric();
}
