using System.Globalization;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.AspNetCore.Resources;
using DandelionMl.Registry;
using Microsoft.Extensions.Localization;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>The words of the gate's verdict in the reader's language, made from its numbers: it has its own in English alone.</summary>
internal static class VerdictText
{
    /// <returns>Null for a check of an application's own gate, and where the numbers are not there.</returns>
    public static string? Explain(GateCheck check, ModelVersion model, IStringLocalizer<Texts> text) => check.Name switch
    {
        "test-images" when model.Metrics.Classes.MinBy(Photos) is { } scarce =>
            text["Explain.TestImages", Isolated.Of(scarce.Label), Found(check), Needed(check)],
        "recall" when model.Metrics.Classes.MinBy(item => item.DistinctRecall ?? item.Recall) is { } weakest =>
            text["Explain.Recall", Isolated.Of(weakest.Label), Found(check), Needed(check)],
        "accuracy" => text["Explain.Accuracy", Found(check), Number(model.Metrics.DistinctPhotos ?? model.Metrics.Images), Needed(check)],
        _ => model.Verdict is { ChampionVersion: { } champion, Comparison: { } comparison } ? Explain(check, champion, comparison, text) : null,
    };

    /// <summary>What else is to be known of a version.</summary>
    /// <returns>Null where the verdict has other notes than the library's gate makes of these numbers.</returns>
    public static IReadOnlyList<string>? Notes(ModelVersion model, IStringLocalizer<Texts> text)
    {
        var metrics = model.Metrics;
        var notes = new List<string>();
        if (metrics.DistinctPhotos < metrics.Images)
        {
            notes.Add(text["Explain.Distinct", Number(metrics.Images), Number(metrics.DistinctPhotos.Value)]);
        }

        if (metrics is { Images: > 0, Accuracy: >= 1 })
        {
            notes.Add(text["Explain.AllRight"]);
        }

        if (model.Verdict is { ChampionVersion: { } champion, Comparison.RelabelledImages: > 0 and var changed })
        {
            notes.Add(text["Explain.Relabelled", champion, Number(changed), Number(metrics.Images)]);
        }

        return notes.Count == model.Verdict?.Notes.Count ? notes : null;
    }

    private static string? Explain(GateCheck check, int champion, ModelComparison comparison, IStringLocalizer<Texts> text) => check.Name switch
    {
        "classes-kept" when check.Passed => text["Explain.ClassesKept", champion],
        "classes-kept" => text["Explain.ClassesLost", string.Join(", ", comparison.MissingClasses.Select(Isolated.Of)), champion],
        "comparable-images" when comparison.Classes.MinBy(item => item.Images) is { } scarce =>
            text["Explain.ComparableImages", Number(comparison.Images), champion, Number(scarce.Images), Isolated.Of(scarce.Label), Needed(check)],
        "new-labels" => text[
            check.Passed ? "Explain.NewLabels" : "Explain.NewLabelsDoubtful",
            champion, Number(comparison.ContradictedImages), Number(comparison.NewImages), Found(check)],
        "each-class" when check.Passed => text["Explain.EachClass", champion, Found(check)],
        "each-class" when comparison.Classes.MinBy(item => item.AdjustedWorseP) is { } worst => text[
            "Explain.ClassWorse", Isolated.Of(worst.Label), Number(worst.CandidateRight), Number(worst.Images), Number(worst.ChampionRight), champion, Found(check)],
        "test-image-uses" => text["Joined.Two", text["Explain.Uses", Number(comparison.FreshImages), Number(comparison.Images), Found(check)], check.Value <= check.Limit
            ? text["Explain.FreshDueAfter", Number((int)Math.Ceiling(check.Limit - check.Value))]
            : text["Explain.FreshDue"]],
        "best-champion" => text["Explain.BestChampion", comparison.BestVersion ?? 0, Number(comparison.BestWins), Number(comparison.BestLosses)],
        "champion" => text["Joined.Named", Outcome(check, comparison, text), text[
            "Explain.Score", champion, Number(comparison.Wins), Number(comparison.Images), Number(comparison.Losses),
            CheckText.Chance(comparison.BetterP), CheckText.Chance(comparison.WorseP)]],
        _ => (string?)null,
    };

    private static string Outcome(GateCheck check, ModelComparison comparison, IStringLocalizer<Texts> text)
    {
        var (mine, theirs) = (Number(comparison.CandidateTrainingImages), Number(comparison.ChampionTrainingImages));
        return (check.Case ?? CaseOf(check, comparison)) switch
        {
            "FreshBetter" or "FreshWorse" => text[
                $"Explain.{check.Case}", Number(comparison.FreshImages), Number(comparison.FreshWins), Number(comparison.FreshLosses)],
            "TieMayBeWorse" => text["Explain.TieMayBeWorse", Percent.Of(comparison.LossBound)],
            var other => text[$"Explain.{other}", mine, theirs],
        };
    }

    /// <summary>The cases of verdicts that do not name theirs.</summary>
    private static string CaseOf(GateCheck check, ModelComparison comparison) => comparison switch
    {
        _ when comparison.Losses > comparison.Wins => "Worse",
        _ when comparison.BetterP <= check.Limit => "Better",
        _ when comparison.CandidateTrainingImages <= comparison.ChampionTrainingImages => "TieSameData",
        _ when check.Passed => "TieMoreData",
        _ => "TieMayBeWorse",
    };

    private static int Photos(ClassMetrics item) => item.DistinctPhotos ?? item.Images;

    private static string Found(GateCheck check) => CheckText.Show(check, check.Value);

    private static string Needed(GateCheck check) => CheckText.Show(check, check.Limit);

    private static string Number(int count) => count.ToString("N0", CultureInfo.CurrentCulture);
}
