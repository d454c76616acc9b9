using System.IO.Compression;
using System.Xml.Linq;

namespace DandelionMl.Packages.Tests.Support;

/// <summary>All packages of the family, packed once into a folder outside of the checkout, as continuous integration packs them.</summary>
[CollectionDefinition(Collection)]
public sealed class PackedFamily : IAsyncLifetime, ICollectionFixture<PackedFamily>
{
    /// <summary>The tests that share it; one at a time, since each runs builds.</summary>
    public const string Collection = "The packed family";

    /// <summary>A version that no other feed has; not a preview, which <c>dotnet add package</c> would pass over.</summary>
    public const string Version = "0.2.9999";

    /// <summary>The packages by their ids.</summary>
    public static IReadOnlyList<string> Ids { get; } =
    [
        "DandelionMl", "DandelionMl.AspNetCore", "DandelionMl.DinoV2", "DandelionMl.Extensions.AI", "DandelionMl.Mlflow", "DandelionMl.Onnx",
        "DandelionMl.Postgres", "DandelionMl.ResNet18", "DandelionMl.S3", "DandelionMl.Testing", "DandelionMl.Tool",
    ];

    /// <summary>A temporary folder outside of the checkout; removed at the end.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("dandelion-packages-").FullName;

    /// <summary>The folder with the packages.</summary>
    public string Feed => Path.Combine(Folder, "feed");

    public async ValueTask InitializeAsync()
    {
        await PackAsync(Feed);
        SeparateFromCheckout();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        DeleteBuild();
        return ValueTask.CompletedTask;
    }

    /// <summary>Builds the family anew and packs it into a folder. Always built in the same place, since a build's paths are part of its
    /// symbols.</summary>
    public static async Task PackAsync(string feed)
    {
        DeleteBuild();
        await BuildAsync(["pack", "Packages.slnf", "--output", feed]);
    }

    /// <summary>Builds on, from what is built of the family already.</summary>
    /// <param name="command">A command of <c>dotnet</c>, with its arguments.</param>
    /// <param name="environment">Environment variables.</param>
    public static Task BuildAsync(string[] command, params (string Name, string? Value)[] environment) => Command.DotnetAsync(
        Checkout.Root, new Dictionary<string, string?>(environment.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))) { ["CI"] = "true" },
        [
            .. command, "--configuration", "Release", "--artifacts-path", Checkout.Scratch, "--verbosity", "quiet", "-p:RunAnalyzers=false",
            $"-p:MinVerVersionOverride={Version}",
        ]);

    private static void DeleteBuild()
    {
        if (Directory.Exists(Checkout.Scratch))
        {
            Directory.Delete(Checkout.Scratch, recursive: true);
        }
    }

    /// <summary>Opens a package, or with <paramref name="extension"/> "snupkg" its symbols.</summary>
    public ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.{extension}"));

    /// <summary>What a package says of itself: the element <c>metadata</c> of its nuspec, without namespaces.</summary>
    public XElement Metadata(string id)
    {
        using var package = Open(id);
        using var nuspec = package.GetEntry($"{id}.nuspec")!.Open();
        var root = XDocument.Load(nuspec).Root!;
        foreach (var element in root.DescendantsAndSelf())
        {
            element.Name = element.Name.LocalName;
        }

        return root.Element("metadata")!;
    }

    /// <summary>The environment of a user's <c>dotnet</c>: what it installs and caches lies in <see cref="Folder"/>.</summary>
    public Dictionary<string, string?> UserEnvironment() => new()
    {
        ["NUGET_PACKAGES"] = Path.Combine(Folder, "packages"),
        ["XDG_DATA_HOME"] = Path.Combine(Folder, "data-home"),
        ["XDG_CACHE_HOME"] = Path.Combine(Folder, "cache-home"),
    };

    /// <summary>The machine's sources and the feed; its packages are read where they lie, new ones are put into <see cref="Folder"/>, so that a
    /// package of an earlier run is never taken for one of this run.</summary>
    private void SeparateFromCheckout()
    {
        var machines = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(machines);
        File.WriteAllText(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <add key="dandelion-family" value="{Feed}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="machine" value="{machines}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.props"), $"""
            <Project>
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <FamilyVersion>{Version}</FamilyVersion>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(Folder, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(Folder, "Directory.Packages.props"), "<Project />");
    }
}
