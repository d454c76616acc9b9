using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests;

/// <summary>What each package says of itself, brings, and holds.</summary>
[Collection(PackedFamily.Collection)]
public sealed partial class PackageTests(PackedFamily family)
{
    private static readonly string[] PathsOfMachines = [Checkout.Root, Path.GetTempPath(), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)];

    public static TheoryData<string> Packages => [.. PackedFamily.Ids];

    public static TheoryData<string> Libraries => [.. PackedFamily.Ids.Where(id => id != "DandelionMl.Tool")];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Package_has_licence_icon_page_and_notes(string id)
    {
        var metadata = family.Metadata(id);

        Assert.Equal("MIT", metadata.Element("license")?.Value);
        Assert.NotEqual("Package Description", metadata.Element("description")?.Value);
        Assert.Contains("CHANGELOG.md", metadata.Element("releaseNotes")?.Value, StringComparison.Ordinal);
        Assert.Equal("git", metadata.Element("repository")?.Attribute("type")?.Value);
        using var package = family.Open(id);
        Assert.All(
            [metadata.Element("icon")!.Value, metadata.Element("readme")!.Value, "CHANGELOG.md", "THIRD-PARTY-NOTICES.md"],
            file => Assert.True(package.GetEntry(file)?.Length > 0, file));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Address_is_on_the_web_or_none_is_given(string id)
    {
        var metadata = family.Metadata(id);

        Assert.All(
            new[] { metadata.Element("projectUrl")?.Value, metadata.Element("repository")?.Attribute("url")?.Value }.Where(url => url is not null),
            url => Assert.StartsWith("https://", url, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Page_is_the_packages_own_without_relative_links_and_images(string id)
    {
        using var package = family.Open(id);
        using var reader = new StreamReader(package.GetEntry("README.md")!.Open());
        var page = reader.ReadToEnd();

        Assert.StartsWith(id == "DandelionMl.Tool" ? "# dandelion\n" : $"# {id}\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("![", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--", page, StringComparison.Ordinal);
        Assert.All(Link().Matches(page), link => Assert.StartsWith("https://", link.Groups[1].Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DandelionMl.AspNetCore", "DandelionMl", "Microsoft.AspNetCore.OpenApi", "Scalar.AspNetCore")]
    [InlineData("DandelionMl.DinoV2", "DandelionMl", "SharpZipLib", "TorchSharp")]
    [InlineData("DandelionMl.Extensions.AI", "DandelionMl", "Microsoft.Extensions.AI.Abstractions")]
    [InlineData("DandelionMl.Mlflow", "DandelionMl")]
    [InlineData("DandelionMl.Onnx", "DandelionMl", "Microsoft.ML.OnnxRuntime")]
    [InlineData("DandelionMl.Postgres", "DandelionMl", "Npgsql")]
    [InlineData("DandelionMl.ResNet18", "DandelionMl", "DandelionMl.Onnx")]
    [InlineData("DandelionMl.S3", "AWSSDK.S3", "DandelionMl")]
    [InlineData("DandelionMl.Testing", "DandelionMl", "xunit.v3.assert", "xunit.v3.extensibility.core")]
    [InlineData("DandelionMl.Tool")]
    public void Package_brings_these_packages_alone(string id, params string[] expected)
    {
        var brought = Dependencies(id).Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.Ordinal);

        Assert.Equal(expected, brought);
    }

    [Fact]
    public void Core_brings_what_its_project_names_and_none_of_the_family()
    {
        var named = XDocument.Load(Checkout.PathOf("src/DandelionMl/DandelionMl.csproj")).Descendants("PackageReference")
            .Select(reference => reference.Attribute("Include")!.Value).Order(StringComparer.Ordinal);

        var brought = Dependencies("DandelionMl").Select(dependency => dependency.Attribute("id")!.Value).Order(StringComparer.Ordinal);

        Assert.Equal(named, brought);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Package_asks_for_its_family_in_exactly_its_own_version(string id)
    {
        var relatives = Dependencies(id).Where(dependency => PackedFamily.Ids.Contains(dependency.Attribute("id")!.Value));

        Assert.All(relatives, relative => Assert.Equal($"[{PackedFamily.Version}]", relative.Attribute("version")!.Value));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Symbols_name_no_path_of_the_machine_that_built_them(string id)
    {
        using var symbols = family.Open(id, "snupkg");
        using var file = Bytes(symbols.GetEntry($"lib/net10.0/{id}.pdb")!);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(file);
        var reader = provider.GetMetadataReader();
        var documents = reader.Documents.Select(handle => reader.GetString(reader.GetDocument(handle).Name)).ToList();

        Assert.NotEmpty(documents);
        Assert.All(documents, document => Assert.All(
            PathsOfMachines, path => Assert.DoesNotContain(path, document, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Package_documents_its_members(string id)
    {
        using var package = family.Open(id);

        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.xml"));
    }

    [Fact]
    public void Notices_name_every_package_that_the_family_brings()
    {
        var notices = File.ReadAllText(Checkout.PathOf("THIRD-PARTY-NOTICES.md"));
        var brought = PackedFamily.Ids.SelectMany(Dependencies).Select(dependency => dependency.Attribute("id")!.Value).Distinct()
            .Except(PackedFamily.Ids);

        Assert.All(brought, id => Assert.True(Names(notices, id), $"THIRD-PARTY-NOTICES.md does not name {id}."));
    }

    [Fact]
    public async Task Second_build_gives_the_same_packages_to_the_byte()
    {
        var second = Path.Combine(family.Folder, "feed-again");
        await PackedFamily.PackAsync(second);

        foreach (var path in Directory.EnumerateFiles(family.Feed))
        {
            using var first = ZipFile.OpenRead(path);
            using var again = ZipFile.OpenRead(Path.Combine(second, Path.GetFileName(path)));
            Assert.Equal([], Content(first).Except(Content(again)).Select(entry => $"{Path.GetFileName(path)}: {entry.Key}"));
            Assert.Equal(first.Entries.Count, again.Entries.Count);
        }
    }

    /// <summary>A package's files with the hashes of their bytes; NuGet gives what holds it together a random name each time.</summary>
    private static SortedDictionary<string, string> Content(ZipArchive package) => new(
        package.Entries.Where(entry => !entry.FullName.EndsWith(".psmdcp", StringComparison.Ordinal) && entry.FullName != "_rels/.rels")
            .ToDictionary(entry => entry.FullName, Hash),
        StringComparer.Ordinal);

    private static string Hash(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
    }

    private static MemoryStream Bytes(ZipArchiveEntry entry)
    {
        using var content = entry.Open();
        var bytes = new MemoryStream();
        content.CopyTo(bytes);
        bytes.Position = 0;
        return bytes;
    }

    /// <summary>By its id, or by a family of ids such as <c>Microsoft.Extensions.*</c>.</summary>
    private static bool Names(string notices, string id) => Id().Matches(notices).Select(match => match.Value).Any(
        name => name == id || (name.EndsWith('*') && id.StartsWith(name[..^1], StringComparison.Ordinal)));

    private IEnumerable<XElement> Dependencies(string id) => family.Metadata(id).Descendants("dependency");

    [GeneratedRegex(@"\]\(([^)]*)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*(\.\*)?")]
    private static partial Regex Id();
}
