using System.Text.RegularExpressions;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Transitions;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Transitions;

public sealed partial class ImageTransitionTests
{
    private static readonly string Sources = Path.Combine(RepositoryFiles.Root, "src");

    [Fact]
    public void Only_the_folder_of_transitions_writes_plants_data()
    {
        var home = Path.Combine(Sources, "DandelionMl", "Catalog", "Transitions");
        var writers = Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "Migrations"))
            .Where(file => Writes().IsMatch(File.ReadAllText(file)))
            .ToList();

        Assert.Equal(
            ["ImageWriter.cs", "StoredRows.cs"],
            writers.Where(file => Path.GetDirectoryName(file) == home).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.All(writers, file => Assert.Equal(home, Path.GetDirectoryName(file)));
    }

    [Theory]
    [InlineData("UPDATE plants_data SET", true)]
    [InlineData("update  plants_data as image", true)]
    [InlineData("INSERT INTO plants_data (", true)]
    [InlineData("DELETE FROM\n  \"plants_data\"", true)]
    [InlineData("SELECT id FROM plants_data", false)]
    [InlineData("UPDATE uploads SET x = (SELECT 1 FROM plants_data)", false)]
    public void A_write_is_known_by_its_words(string sql, bool expected) => Assert.Equal(expected, Writes().IsMatch(sql));

    [Fact]
    public void Each_transition_is_there_once_and_each_state_is_reached() =>
        Assert.Multiple(
            () => Assert.Equal(
                ImageTransition.All.Count,
                ImageTransition.All.Select(item => (item.From, item.To, item.By)).Distinct().Count()),
            () => Assert.Equal(
                Enum.GetValues<ImageState>(), ImageTransition.All.Select(item => item.To).OfType<ImageState>().Distinct().Order()),
            () => Assert.All(
                ImageTransition.All, item => Assert.True(item.From is null || ImageTransition.All.Any(other => other.To == item.From))));

    [Fact]
    public void Documentation_has_the_same_transitions()
    {
        var rows = File.ReadAllLines(Path.Combine(RepositoryFiles.Root, "docs", "photo-states.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim()).ToArray())
            .Where(cells => cells.Length == 4 && cells[0] is not ("from" or "---"))
            .Select(cells => string.Join(" | ", cells));

        Assert.Equal(
            ImageTransition.All.Select(item => string.Join(
                " | ", item.From is { } from ? ImageStateText.Of(from) : "(new)", item.To is { } to ? ImageStateText.Of(to) : "(gone)", ByOf(item), item.Condition)),
            rows);
    }

    private static string ByOf(ImageTransition transition) => transition.By.ToString().ToLowerInvariant();

    [GeneratedRegex("""(UPDATE|INSERT\s+INTO|DELETE\s+FROM)\s+"?plants_data\b""", RegexOptions.IgnoreCase)]
    private static partial Regex Writes();
}
