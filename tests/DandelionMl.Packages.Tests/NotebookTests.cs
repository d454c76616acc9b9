using System.Text.Json;
using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests;

/// <summary>The notebook of <c>samples/Notebook</c>: its code is the app's. It is run as its README says.</summary>
public sealed class NotebookTests
{
    private const string Notebook = "samples/Notebook/explore.ipynb";
    private const string App = "samples/Notebook/explore.cs";

    [Fact]
    public async Task Cells_are_the_parts_of_the_app()
    {
        var app = await File.ReadAllTextAsync(Checkout.PathOf(App), TestContext.Current.CancellationToken);
        var parts = app.Split("// %% ")[1..].Select(part => part.Split("// %%")[0].Trim()).ToList();

        var cells = Code(await CellsAsync(Checkout.PathOf(Notebook))).ToList();

        // The first one is what the app does by its directives and its arguments.
        Assert.NotEmpty(parts);
        Assert.Equal(parts, cells[1..].Select(code => code.Replace("// %% ", "", StringComparison.Ordinal).Trim()));
    }

    [Fact]
    public async Task First_cell_takes_the_packages_and_usings_of_the_app()
    {
        var top = (await File.ReadAllTextAsync(Checkout.PathOf(App), TestContext.Current.CancellationToken)).Split("// %% ")[0];
        var lines = top.Split('\n');

        var first = Code(await CellsAsync(Checkout.PathOf(Notebook))).First();

        var versions = await File.ReadAllTextAsync(Checkout.PathOf("Directory.Packages.props"), TestContext.Current.CancellationToken);
        foreach (var package in lines.Where(line => line.StartsWith("#:package ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]))
        {
            var version = versions.Split($"<PackageVersion Include=\"{package}\" Version=\"")[1].Split('"')[0];
            Assert.Contains($"#r \"nuget: {package}, {version}\"", first, StringComparison.Ordinal);
            Assert.Contains($"#:package {package}@{version}", top, StringComparison.Ordinal);
        }

        Assert.All(
            lines.Where(line => line.StartsWith("using ", StringComparison.Ordinal)),
            line => Assert.Contains(line, first, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Notebook_is_kept_without_outputs()
    {
        var cells = await CellsAsync(Checkout.PathOf(Notebook));

        Assert.All(
            cells.Where(cell => cell.GetProperty("cell_type").GetString() == "code"),
            cell => Assert.Equal(0, cell.GetProperty("outputs").GetArrayLength()));
    }

    private static async Task<List<JsonElement>> CellsAsync(string path)
    {
        await using var file = File.OpenRead(path);
        using var notebook = await JsonDocument.ParseAsync(file, cancellationToken: TestContext.Current.CancellationToken);
        return [.. notebook.RootElement.GetProperty("cells").EnumerateArray().Select(cell => cell.Clone())];
    }

    private static IEnumerable<string> Code(IEnumerable<JsonElement> cells) =>
        cells.Where(cell => cell.GetProperty("cell_type").GetString() == "code").Select(cell => cell.GetProperty("source"))
            .Select(source => source.ValueKind == JsonValueKind.Array
                ? string.Concat(source.EnumerateArray().Select(line => line.GetString()))
                : source.GetString()!);
}
