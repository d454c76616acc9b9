using System.Text.RegularExpressions;
using DandelionMl.Packages.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace DandelionMl.Packages.Tests.Containers;

/// <summary><c>deploy/compose.yaml</c>, as far as it can be read without an engine.</summary>
public sealed partial class ComposeTests
{
    private static readonly YamlMappingNode Document = Read();

    public static TheoryData<string> Services => [.. Children(Document, "services").Select(service => Name(service.Key))];

    [Fact]
    public void All_that_belongs_to_it_is_there() =>
        Assert.Equal(["grafana", "host", "mlflow", "postgresql", "prometheus", "s3"], Services.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Services))]
    public void Service_is_pinned_has_no_secret_and_mounts_what_is_there(string name)
    {
        var service = (YamlMappingNode)Children(Document, "services").Single(item => Name(item.Key) == name).Value;

        Assert.True(service.Children.ContainsKey("image") || service.Children.ContainsKey("build"));
        if (service.Children.TryGetValue("image", out var image))
        {
            Assert.Matches(Pinned(), ((YamlScalarNode)image).Value);
        }

        foreach (var (variable, value) in Children(service, "environment").Where(item => Secret().IsMatch(Name(item.Key))))
        {
            Assert.Matches(FromEnvironment(), $"{Name(variable)} {((YamlScalarNode)value).Value}");
        }

        foreach (var source in Texts(service, "volumes").Select(volume => volume.Split(':')[0]))
        {
            Assert.True(
                source.StartsWith("./", StringComparison.Ordinal)
                    ? Path.Exists(Checkout.PathOf($"deploy/{source}"))
                    : Children(Document, "volumes").Any(volume => Name(volume.Key) == source),
                source);
        }

        // Others on the network reach nothing but what a proxy in front passes on.
        Assert.All(Texts(service, "ports"), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_variable_that_must_be_set_is_in_the_example()
    {
        var example = File.ReadAllLines(Checkout.PathOf("deploy/compose.env.example")).Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line.Split('=')[0]).ToList();
        var needed = Needed().Matches(File.ReadAllText(Checkout.PathOf("deploy/compose.yaml"))).Select(match => match.Groups[1].Value).Distinct();

        Assert.All(needed, name => Assert.Contains(name, example));
    }

    [Fact]
    public async Task Dockers_client_understands_it()
    {
        var (found, _) = await Command.RunAsync("sh", "/", new Dictionary<string, string?>(), "-c", "docker compose version");
        Assert.SkipUnless(found == 0, "needs docker's client with compose");

        var (code, output) = await Command.RunAsync(
            "docker", Checkout.Root, new Dictionary<string, string?>(),
            "compose", "--env-file", await SettingsAsync(), "-f", "deploy/compose.yaml", "config", "--quiet");
        Assert.True(code == 0, output);
    }

    private static async Task<string> SettingsAsync()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("dandelion-compose-").FullName, "env");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(Checkout.PathOf("deploy/compose.env.example"))).Replace("=\n", "=x\n", StringComparison.Ordinal));
        return file;
    }

    private static YamlMappingNode Read()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Checkout.PathOf("deploy/compose.yaml"))));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Children(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var child) ? ((YamlMappingNode)child).Children : [];

    private static IEnumerable<string> Texts(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var child) ? ((YamlSequenceNode)child).Select(item => ((YamlScalarNode)item).Value!) : [];

    private static string Name(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex(@":(v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?|\$\{DANDELION_TAG:-\d+\.\d+\.\d+\})$")]
    private static partial Regex Pinned();

    [GeneratedRegex("PASSWORD|SecretKey|AccessKey|SECRET|ACCESS_KEY", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@" \$\{[A-Z0-9_]+:\?")]
    private static partial Regex FromEnvironment();

    [GeneratedRegex(@"\$\{([A-Z0-9_]+):\?")]
    private static partial Regex Needed();
}
