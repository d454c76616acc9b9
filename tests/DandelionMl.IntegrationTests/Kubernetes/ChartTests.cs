using System.Text.RegularExpressions;
using DandelionMl.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace DandelionMl.IntegrationTests.Kubernetes;

/// <summary>The chart as Helm sees it, without a cluster.</summary>
public sealed partial class ChartTests
{
    /// <summary>Values whose parts are Kubernetes' own, or names of anything.</summary>
    private static readonly string[] Whole = ["resources", "startup", "liveness", "readiness", "labels"];

    public static TheoryData<int, string> Variants => new(
        from helm in new[] { 3, 4 }
        from variant in Chart.Variants.Keys
        select (helm, variant));

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Chart_has_no_fault_that_lint_finds(int helm, string variant)
    {
        var program = await KubernetesTools.HelmAsync(helm);
        var (code, output, error) = await Tool.TryAsync(program, ["lint", "--strict", Chart.Folder, .. Chart.Variants[variant]]);

        Assert.True(code == 0, output + error);
        Assert.DoesNotContain("[WARNING]", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("replicas=2", "replicas above 1: needs PostgreSQL and S3")]
    [InlineData("autoscaling.enabled=true", "autoscaling: needs PostgreSQL and S3")]
    [InlineData("embed.enabled=true", "embed: needs PostgreSQL and S3")]
    [InlineData("retraining.scheduler=cronjob", "cronjob: needs PostgreSQL and S3")]
    [InlineData("postgresql.internal.enabled=true", "postgresql.internal needs postgresql.existingSecret")]
    [InlineData("s3.internal.enabled=true", "s3.internal needs s3.existingSecret")]
    [InlineData("postgresql.internal.enabled=true,postgresql.host=db", "exclude each other")]
    [InlineData("ingress.enabled=true", "ingress needs ingress.hosts")]
    [InlineData("httpRoute.enabled=true", "httpRoute needs httpRoute.parentRefs")]
    [InlineData("replica=2", "additional properties 'replica' not allowed")]
    [InlineData("replicas=two", "got string, want integer")]
    [InlineData("postgresql.host=db;Password=x", "does not match pattern")]
    [InlineData("pathPrefix=plants", "does not match pattern")]
    [InlineData("settings.Gate__MinimumAccuracy=5", "")]
    public async Task Values_that_cannot_work_are_refused_by_name(string set, string expected)
    {
        foreach (var helm in new[] { 3, 4 })
        {
            var (code, _, error) = await Tool.TryAsync(await KubernetesTools.HelmAsync(helm), ["template", "plants", Chart.Folder, "--set", set]);

            Assert.NotEqual(0, code);
            Assert.Contains(expected, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Readme_names_every_value()
    {
        var readme = File.ReadAllText(Path.Combine(Chart.Folder, "README.md"));
        var named = Named().Matches(readme[readme.IndexOf("## Values", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value).ToHashSet();
        var values = Leaves(Read("values.yaml"), "").ToList();

        Assert.InRange(values.Count, 100, 300);
        Assert.Empty(values.Except(named));
    }

    [Fact]
    public void Chart_has_the_version_of_the_packages()
    {
        var chart = Read("Chart.yaml");
        var version = MinimumVersion().Match(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src", "Directory.Build.props"))).Groups[1].Value;

        Assert.Equal(($"{version}.0", $"{version}.0"), (Text(chart, "version"), Text(chart, "appVersion")));
    }

    /// <summary>What the files of values set is there to be set.</summary>
    [Theory]
    [InlineData("values-laptop.yaml")]
    [InlineData("values-production.yaml")]
    public void Files_of_values_set_what_is_there(string file)
    {
        var there = Leaves(Read("values.yaml"), "").ToList();

        Assert.All(Leaves(Read(file), ""), leaf => Assert.Contains(there, value => value == leaf || leaf.StartsWith($"{value}.", StringComparison.Ordinal)));
    }

    private static YamlMappingNode Read(string file)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(Chart.Folder, file))));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static string? Text(YamlMappingNode node, string key) => ((YamlScalarNode)node.Children[key]).Value;

    private static IEnumerable<string> Leaves(YamlMappingNode node, string prefix) => node.Children.SelectMany(child =>
    {
        var (key, path) = (((YamlScalarNode)child.Key).Value!, $"{prefix}{((YamlScalarNode)child.Key).Value}");
        return child.Value is YamlMappingNode { Children.Count: > 0 } inner && !Whole.Contains(key) ? Leaves(inner, $"{path}.") : [path];
    });

    [GeneratedRegex("`([a-zA-Z0-9.]+)`")]
    private static partial Regex Named();

    [GeneratedRegex("<MinVerMinimumMajorMinor>([0-9.]+)<")]
    private static partial Regex MinimumVersion();
}
