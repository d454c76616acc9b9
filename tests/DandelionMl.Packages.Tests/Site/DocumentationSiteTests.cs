using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests.Site;

/// <summary>The documentation's site, built by docfx as CONTRIBUTING says.</summary>
public sealed class DocumentationSiteTests : IDisposable
{
    private static readonly Dictionary<string, string?> NoEnvironment = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("dandelion-site-").FullName;

    [Fact]
    public async Task Site_builds_without_a_warning_and_has_commands_and_every_package()
    {
        await Command.DotnetAsync(Checkout.Root, NoEnvironment, "tool", "restore");
        await Command.DotnetAsync(Checkout.Root, NoEnvironment, "docfx", "metadata", "docs/docfx.json");

        // Among its warnings are links to files and headings that are not there.
        await Command.DotnetAsync(
            Checkout.Root, NoEnvironment, "docfx", "build", "docs/docfx.json", "--warningsAsErrors", "--output", _folder);

        string[] pages =
        [
            "index", "getting-started", "concepts", "reference/cli", "how-to/own-photos", "project/CHANGELOG",
            "api/DandelionMl.Training.Trainer",
            "api/Microsoft.Extensions.DependencyInjection.DandelionMlServiceCollectionExtensions",
            "api/DandelionMl.S3.S3Options", "api/DandelionMl.Postgres.PostgresOptions", "api/DandelionMl.Mlflow.MlflowOptions",
            "api/DandelionMl.Testing.FakeImageClassifier", "api/DandelionMl.AspNetCore.DandelionMlWebOptions",
        ];
        Assert.All(pages, page => Assert.True(File.Exists(Path.Combine(_folder, $"{page}.html")), $"{page}.html is missing."));
        var concepts = await File.ReadAllTextAsync(Path.Combine(_folder, "concepts.html"), TestContext.Current.CancellationToken);
        Assert.Contains("class=\"lang-mermaid\"", concepts, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
