using System.Text.RegularExpressions;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Architecture;

/// <summary>Dependencies point one way: between the folders of a package, and between the packages.</summary>
public sealed partial class FolderTests
{
    // Extension methods are found without a using of their own.
    private static readonly string[] Doors = ["Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder", "Microsoft.Extensions.AI"];

    private static readonly string Source = Path.Combine(SharedFiles.Checkout, "src");

    [Fact]
    public void Folders_have_no_circles() => Assert.Empty(Read().Circles());

    [Fact]
    public void Namespaces_are_folders() => Assert.Empty(
        from file in Read().Files
        where file.Key.EndsWith(".cs", StringComparison.Ordinal)
        let declared = SourceFolders.NamespaceOf(file.Value)
        where declared.Length > 0 && declared != SourceFolders.FolderOf(file.Key, file.Value) && !Doors.Contains(declared)
        select $"{file.Key} declares {declared}");

    [Fact]
    public void Packages_use_only_those_that_they_refer_to()
    {
        var references = Directory.GetDirectories(Source).ToDictionary(folder => Path.GetFileName(folder)!, ReferencesOf, StringComparer.Ordinal);

        var wrong = from use in Read().Uses()
                    let user = PackageOf(use.From)
                    let used = PackageOf(use.To)
                    where user != used && !references[user].Contains(used)
                    select $"{use.File} uses {used}";

        Assert.Empty(wrong);
    }

    /// <summary>The order of the packages. One that is not listed has no place yet: give it one.</summary>
    [Fact]
    public void Packages_refer_only_to_those_below()
    {
        string[][] levels =
        [
            ["DandelionMl"],
            [
                "DandelionMl.DinoV2", "DandelionMl.Onnx", "DandelionMl.Extensions.AI", "DandelionMl.S3", "DandelionMl.Postgres", "DandelionMl.Mlflow",
                "DandelionMl.AspNetCore", "DandelionMl.Testing",
            ],
            ["DandelionMl.ResNet18"],
            ["DandelionMl.Tool"],
        ];
        int LevelOf(string package) => Array.FindIndex(levels, level => level.Contains(package));

        var wrong = from folder in Directory.GetDirectories(Source)
                    let package = Path.GetFileName(folder)!
                    from reference in ReferencesOf(folder).Append(package)
                    where LevelOf(reference) < 0 || (reference != package && LevelOf(reference) >= LevelOf(package))
                    select $"{package} refers to {reference}";

        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("using App.B;", "using App.C;", "using App.A;")]
    [InlineData("class X : B.Thing;", "class Y { C.Thing? Z; }", "class Z : App.A.Thing;")]
    [InlineData("using App.B.Inner;", "@using App.C", "using App.A;")]
    public void Circles_of_any_length_are_found(string a, string b, string c)
    {
        var folders = new SourceFolders(
        [
            new("App/A/Thing.cs", $"{a}\nnamespace App.A;"), new("App/B/Thing.cs", $"{b}\nnamespace App.B;"),
            new("App/C/Thing.cs", $"{c}\nnamespace App.C;"), new("App/B/Inner/Thing.cs", "namespace App.B.Inner;"),
        ]);

        Assert.StartsWith("App.A -> App.B (App/A/Thing.cs) -> App.C", Assert.Single(folders.Circles()), StringComparison.Ordinal);
    }

    [Fact]
    public void Circles_uses_of_a_parent_and_words_in_comments_are_none()
    {
        var folders = new SourceFolders(
        [
            new("App/A/Thing.cs", "using App.B;\nnamespace App.A;"), new("App/B/Thing.cs", "namespace App.B;\n// See A.Thing.\nclass X { int A; }"),
            new("App/A/Inner/Thing.cs", "using App.A;\nnamespace App.A.Inner;"), new("App/Root.cs", "using App.A;\nnamespace App;"),
        ]);

        Assert.Empty(folders.Circles());
    }

    private static SourceFolders Read() => new(
        from path in Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories)
        where path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal)
        let relative = Path.GetRelativePath(Source, path).Replace('\\', '/')
        where !relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal)
        select KeyValuePair.Create(relative, File.ReadAllText(path)));

    private static HashSet<string> ReferencesOf(string folder) =>
        [.. Reference().Matches(File.ReadAllText(Path.Combine(folder, $"{Path.GetFileName(folder)}.csproj"))).Select(match => match.Groups[1].Value)];

    private static string PackageOf(string folder) => Directory.GetDirectories(Source).Select(path => Path.GetFileName(path)!)
        .Where(package => folder == package || folder.StartsWith(package + ".", StringComparison.Ordinal)).MaxBy(package => package.Length)!;

    [GeneratedRegex("<ProjectReference Include=\"[^\"]*?/([\\w.]+)\\.csproj\"")]
    private static partial Regex Reference();
}
