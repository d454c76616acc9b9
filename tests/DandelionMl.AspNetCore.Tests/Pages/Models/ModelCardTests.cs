using DandelionMl.AspNetCore.Pages.Models;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Backbones;
using DandelionMl.Registry;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Tests.Pages.Models;

public sealed class ModelCardTests
{
    private static readonly StringLocalizer<Texts> Text = new(
        new ResourceManagerStringLocalizerFactory(Options.Create(new LocalizationOptions()), NullLoggerFactory.Instance));

    [Fact]
    public void Words_of_anybody_stay_words_in_Markdown()
    {
        var card = new ModelCard(Model(["a|b", "<b>_*[x](y)"]) with { Note = "# no heading", NoteBy = "an_na", NoteAt = DateTimeOffset.UnixEpoch }, [], Text);

        var markdown = ModelCardMarkdown.Write(card);

        Assert.Contains("\n| a\\|b | 0 | 40 |", markdown, StringComparison.Ordinal);
        Assert.Contains("\n| \\<b\\>\\_\\*\\[x\\](y) | 0 | 40 |", markdown, StringComparison.Ordinal);
        Assert.Contains("\n\\# no heading\n", markdown, StringComparison.Ordinal);
        Assert.Contains("an\\_na", markdown, StringComparison.Ordinal);
        var table = markdown.Split('\n').Where(line => line.StartsWith('|')).ToList();
        Assert.NotEmpty(table);
        Assert.DoesNotContain(table, line => !line.EndsWith('|'));
    }

    [Fact]
    public void Matrix_of_many_classes_gives_way_to_the_most_frequent_confusions()
    {
        var few = new ModelCard(Model(["a", "b"]), [], Text);
        Assert.Equal([3, 3], Confusions(few).Rows.Select(row => row.Count));

        var many = new ModelCard(Model([.. Enumerable.Range(0, 29).Select(number => $"class {number}")]), [], Text);
        Assert.Equal(10, Confusions(many).Rows.Count);
        Assert.All(Confusions(many).Rows, row => Assert.Equal(3, row.Count));
    }

    [Fact]
    public void Limits_name_the_classes_with_few_test_photos()
    {
        Assert.DoesNotContain(Limits(Model(["a", "b"], images: 30)), text => text.Contains("fewer than 30", StringComparison.Ordinal));
        Assert.Contains(Limits(Model(["a", "b"], images: 29)), text => text.EndsWith("uncertain: \u2068a\u2069, \u2068b\u2069", StringComparison.Ordinal));
    }

    private static CardTable Confusions(ModelCard card) => card.Sections[3].Table!;

    private static IReadOnlyList<string> Limits(ModelVersion model) => new ModelCard(model, [], Text).Sections[5].Paragraphs;

    private static ModelVersion Model(IReadOnlyList<string> labels, int images = 40) => new()
    {
        Version = 1,
        State = ModelState.Candidate,
        ArtifactKey = "",
        ArtifactSha256 = "",
        Space = new EmbeddingSpace("b", "p"),
        BackboneSha256 = "",
        Labels = labels,
        ManifestSha256 = "",
        Options = "{}",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Metrics = new ModelMetrics
        {
            Images = images,
            Accuracy = 0.9,
            Loss = 0,
            ExpectedCalibrationError = 0,
            Classes = [.. labels.Select(label => new ClassMetrics(label, images, 0.9, 0.9))],
            ConfusionMatrix = [.. labels.Select(row => labels.Select(column => row == column ? images : 1).ToList())],
        },
    };
}
