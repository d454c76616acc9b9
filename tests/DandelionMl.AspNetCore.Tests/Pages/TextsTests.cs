using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DandelionMl.Tool.Tests.Support;
using DandelionMl.Training;

namespace DandelionMl.AspNetCore.Tests.Pages;

/// <summary>All that the pages say is in the resources, in each language.</summary>
public sealed partial class TextsTests
{
    private static readonly string Sources = Path.Combine(Checkout.Path, "src", "DandelionMl.AspNetCore");
    private static readonly Dictionary<string, string> English = Read("Texts.resx");
    private static readonly Dictionary<string, string> French = Read("Texts.fr.resx");

    [Fact]
    public void Languages_have_the_same_texts_with_the_same_places()
    {
        Assert.Equal(English.Keys.Order(StringComparer.Ordinal), French.Keys.Order(StringComparer.Ordinal));
        Assert.All(English, text => Assert.Equal(Places(text.Value), Places(French[text.Key])));
        Assert.All(English.Values.Concat(French.Values), Assert.NotEmpty);
    }

    // A line never breaks before such a sign, nor inside of guillemets: a narrow no-break space, U+202F, stands there.
    [Fact]
    public void French_has_a_narrow_no_break_space_where_it_is_due() =>
        Assert.All(French, text => Assert.False(WrongSpace().IsMatch(text.Value), $"{text.Key}: {text.Value}"));

    // One is not many: such a text has its number where no word depends on it.
    [Theory]
    [InlineData("Compare.Distinct")]
    [InlineData("Grid.HiddenText")]
    [InlineData("Intake.Summary")]
    [InlineData("Review.RetrainingDue")]
    [InlineData("Verdict.Alike")]
    public void Text_of_a_number_that_may_be_one_is_true_of_one(string key)
    {
        Assert.DoesNotMatch(@"\{0\} (?:of them|more|new|are|\w+s)\b", English[key]);
        Assert.DoesNotMatch(@"\{0\} (?:d’entre|autres|nouvelles|\w+s)\b", French[key]);
    }

    // Signs between texts are texts, too: French has a space before them.
    [Fact]
    public void Page_joins_no_texts_by_a_sign_of_its_own()
    {
        var joins = Files("Pages", "*.razor").Concat(Files("Pages", "*.cs")).Concat(Files("wwwroot/js", "*.js"))
            .SelectMany(path => OwnSign().Matches(File.ReadAllText(path)).Select(match => $"{Path.GetFileName(path)}: {match.Value}"));
        Assert.Empty(joins);
    }

    // A version's page names each by the name that it is kept under.
    [Fact]
    public void Options_of_a_training_have_a_name_each() => Assert.All(
        typeof(TrainingOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance),
        option => Assert.Contains($"Made.{JsonNamingPolicy.CamelCase.ConvertName(option.Name)}", English.Keys));

    [Fact]
    public void Text_that_a_page_or_script_names_is_there()
    {
        var named = Files("Pages", "*.razor").Concat(Files("Pages", "*.cs")).Concat(Files("wwwroot/js", "*.js"))
            .SelectMany(path => NamedText().Matches(File.ReadAllText(path)).Select(match => (Path.GetFileName(path), Key: match.Groups[1].Value)))
            .ToList();

        Assert.InRange(named.Count, 100, int.MaxValue);
        Assert.All(named, item => Assert.True(English.ContainsKey(item.Key), $"{item.Item1} names {item.Key}."));
    }

    [Fact]
    public void Text_that_is_there_is_named_somewhere()
    {
        var all = string.Concat(Files("Pages", "*.razor").Concat(Files("Pages", "*.cs")).Concat(Files("wwwroot/js", "*.js")).Select(File.ReadAllText));

        // By name, or by a name that is put together: $"State.{state}".
        Assert.All(English.Keys, key => Assert.True(
            all.Contains($"\"{key}\"", StringComparison.Ordinal) || all.Contains($"'{key}'", StringComparison.Ordinal)
                || ComposedText().Matches(all).Any(match => key.StartsWith(match.Groups[1].Value, StringComparison.Ordinal)),
            $"Nothing names {key}."));
    }

    [Fact]
    public void Page_has_no_words_of_its_own()
    {
        foreach (var path in Files("Pages", "*.razor"))
        {
            var markup = Comment().Replace(File.ReadAllText(path), "");
            markup = Regex.Split(markup, @"^@code", RegexOptions.Multiline)[0];
            var words = WordsBetweenTags().Matches(markup).Select(match => match.Groups[1].Value.Trim())
                .Concat(WordsInAttributes().Matches(markup).Select(match => match.Groups[1].Value))
                .Where(text => text is not ("DandelionMl" or "Z" or "N" or "U" or "S"));
            Assert.True(!words.Any(), $"{Path.GetFileName(path)}: {string.Join(" | ", words)}");
        }
    }

    [GeneratedRegex("""(?:Text\[|text\(|Problem: |new\("[a-z]+", )["']([A-Z][A-Za-z]*\.[A-Za-z0-9]+)["']""")]
    private static partial Regex NamedText();

    [GeneratedRegex("""[$`"]([A-Z][A-Za-z]*\.[A-Za-z]*)\$?\{""")]
    private static partial Regex ComposedText();

    [GeneratedRegex("""@\*.*?\*@|^@(using|inject|layout|inherits|typeparam|attribute).*?$|<code>.*?</code>""", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Comment();

    // What follows an '@' or stands in braces is code.
    [GeneratedRegex(""">([^<>@{}]*\p{L}[^<>@{}]*)<""")]
    private static partial Regex WordsBetweenTags();

    [GeneratedRegex("""\b(?:title|alt|placeholder|aria-label)="([^"@]*\p{L}[^"@]*)""")]
    private static partial Regex WordsInAttributes();

    [GeneratedRegex("""(?<!\u202F)[;:?!»]|«(?!\u202F)""")]
    private static partial Regex WrongSpace();

    [GeneratedRegex("""Join\("[:;] |[\w)>}][:;] (?:@[\w(]|\$\{)""")]
    private static partial Regex OwnSign();

    private static IEnumerable<string> Places(string text) => Regex.Matches(text, @"\{\d\}").Select(match => match.Value).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Sources, folder), pattern, SearchOption.AllDirectories);

    private static Dictionary<string, string> Read(string file) => XDocument.Load(Path.Combine(Sources, "Resources", file)).Root!.Elements("data")
        .ToDictionary(element => element.Attribute("name")!.Value, element => element.Element("value")!.Value);
}
