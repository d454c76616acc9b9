using System.Globalization;
using DandelionMl.AspNetCore.Pages.Models;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Backbones;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Tests.Pages.Models;

public sealed class VerdictTextTests
{
    private static readonly IStringLocalizer<Texts> _text =
        new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider().GetRequiredService<IStringLocalizer<Texts>>();

    [Theory]
    [InlineData(3, 0, 120, "better: right where version 1 is wrong on 3 of 40 photos", 0.01)]
    [InlineData(0, 3, 120, "worse: ", 0.9)]
    [InlineData(1, 1, 100, "a tie, and it was not trained on more data (training photos: 100, the champion 100): ", 0.5)]
    [InlineData(1, 1, 120, "a tie, and it was trained on more data (training photos: 120, the champion 100): ", 0.5)]
    public void Outcome_beside_the_champion_is_the_gate_s(int wins, int losses, int trainedOn, string expected, double betterP)
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
        var model = Judge(wins, losses, trainedOn, betterP);
        var check = model.Verdict!.Checks[^1];

        Assert.StartsWith(expected, VerdictText.Explain(check, model, _text), StringComparison.Ordinal);
        Assert.StartsWith(expected.Split('(')[0].Split(':')[0].TrimEnd(), check.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 0, "better on the 8 photos that no version was judged on before, on 8 of which it alone is right and on 0 the champion: ")]
    [InlineData(0, 8, "worse on the 8 photos that no version was judged on before, on 0 of which it alone is right and on 8 the champion: ")]
    public void Outcome_on_fresh_photos_is_told(int wins, int losses, string expected)
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
        var model = Judge(wins, losses, 100, 0.5, fresh: 8);

        Assert.StartsWith(expected, VerdictText.Explain(model.Verdict!.Checks[^1], model, _text), StringComparison.Ordinal);
        Assert.Equal(
            "8 of the 40 photos were new to the gate; on average they were used for 3.5 verdicts before; fresh ones are due after 47 more verdicts without any",
            VerdictText.Explain(Assert.Single(model.Verdict.Checks, check => check.Name == "test-image-uses"), model, _text));
    }

    [Theory]
    [InlineData(0.7996, "79.96%", "80.00%")]
    [InlineData(0.79996, "79.996%", "80.000%")]
    [InlineData(0.753, "75.3%", "80.0%")]
    [InlineData(0.8, "80.0%", "80.0%")]
    public void Share_is_told_from_what_it_takes(double accuracy, string found, string needed)
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
        var check = new GateCheck("accuracy", accuracy >= 0.8, accuracy, 0.8, "");

        Assert.Equal((found, $"at least {needed}"), (CheckText.Show(check, check.Value), CheckText.NeededOf(check, _text)));
    }

    [Fact]
    public void Every_check_and_note_of_the_gate_has_French_words()
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("fr");
        var model = Judge(wins: 1, losses: 1, trainedOn: 120, betterP: 0.5);

        Assert.Equal(10, model.Verdict!.Checks.Count);
        Assert.All(model.Verdict.Checks, check => Assert.NotNull(VerdictText.Explain(check, model, _text)));
        Assert.Contains(
            "le rappel de \u2068grass\u2069, le plus faible, est de 90,0",
            VerdictText.Explain(model.Verdict.Checks[1], model, _text)!.Replace('\u00a0', ' '),
            StringComparison.Ordinal);
        var notes = VerdictText.Notes(model, _text)!;
        Assert.Equal(2, notes.Count);
        Assert.StartsWith("Sur 60 images de test, 40 sont des photos distinctes", notes[0], StringComparison.Ordinal);
        Assert.StartsWith("Étiquettes de test changées depuis l’entraînement de la version 1\u202f: 3 sur 60.", notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Check_and_notes_of_an_application_s_own_gate_keep_their_words()
    {
        var model = Judge(wins: 1, losses: 1, trainedOn: 120, betterP: 0.5);
        var own = model with { Verdict = new GateVerdict(null, [], null) { Notes = ["one", "two"] } };

        Assert.Null(VerdictText.Explain(new GateCheck("own", true, 1, 1, "own words"), model, _text));
        Assert.Null(VerdictText.Notes(own, _text));
    }

    /// <summary>A version as the gate judges one of these numbers.</summary>
    private static ModelVersion Judge(int wins, int losses, int trainedOn, double betterP, int fresh = 0)
    {
        var options = new PromotionGateOptions();
        var metrics = new ModelMetrics
        {
            Images = 60,
            DistinctPhotos = 40,
            DistinctAccuracy = 0.95,
            Accuracy = 0.95,
            Loss = 0.1,
            ExpectedCalibrationError = 0.01,
            Classes = [new ClassMetrics("dandelion", 30, 0.95, 1), new ClassMetrics("grass", 30, 1, 0.9)],
            ConfusionMatrix = [[30, 0], [3, 27]],
        };
        var comparison = new ModelComparison
        {
            Images = 40, RelabelledImages = 3, TrainedOn = 0, Unavailable = 0, CandidateRight = 38, ChampionRight = 38, Wins = wins, Losses = losses, BetterP = betterP, WorseP = 0.5,
            LossBound = 0.01, CandidateTrainingImages = trainedOn, ChampionTrainingImages = 100, AddedClasses = [], MissingClasses = [],
            NewImages = 20, ContradictedImages = 1, ContradictionP = 0.9, Uses = 3.5, FreshImages = fresh,
            FreshWins = Math.Min(wins, fresh), FreshLosses = Math.Min(losses, fresh), BestVersion = 0, BestWins = 1, BestLosses = 1,
            Classes = [new ClassComparison { Label = "grass", Images = 20, CandidateRight = 18, ChampionRight = 19, Wins = 0, Losses = 1, WorseP = 0.5, AdjustedWorseP = 1 }],
        };
        return new ModelVersion
        {
            Version = 2, State = ModelState.Candidate, ArtifactKey = "", ArtifactSha256 = "", Space = new EmbeddingSpace("backbone", "preprocessing"), BackboneSha256 = "",
            Labels = ["dandelion", "grass"], ManifestSha256 = "", Options = "{}", CreatedAt = DateTimeOffset.UnixEpoch, Metrics = metrics,
            Verdict = new GateVerdict(1, [.. GateChecks.Floors(metrics, options), .. GateChecks.Beside(1, comparison, options)], comparison) { Notes = GateChecks.Notes(metrics, 1, comparison) },
        };
    }
}
