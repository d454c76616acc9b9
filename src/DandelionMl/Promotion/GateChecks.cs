using System.Globalization;
using DandelionMl.Registry;

namespace DandelionMl.Promotion;

/// <summary>The gate's conditions, each with its numbers and in words.</summary>
internal static class GateChecks
{
    /// <summary>What the candidate must reach by itself.</summary>
    public static IReadOnlyList<GateCheck> Floors(ModelMetrics metrics, PromotionGateOptions options)
    {
        // A model that was not measured by class passes no floor.
        var classes = metrics.Classes.DefaultIfEmpty(new ClassMetrics("?", 0, 0, 0)).ToList();
        var (scarce, weakest) = (classes.MinBy(item => item.Images)!, classes.MinBy(item => item.Recall)!);
        return
        [
            new GateCheck(
                "test-images", scarce.Images >= options.MinimumTestImagesPerClass, scarce.Images, options.MinimumTestImagesPerClass,
                Text($"class '{scarce.Label}' has {scarce.Images} test images; each class needs {options.MinimumTestImagesPerClass}")),
            new GateCheck(
                "recall", weakest.Recall >= options.MinimumRecall, weakest.Recall, options.MinimumRecall,
                Text($"recall of '{weakest.Label}', the lowest, is {weakest.Recall:0.000}; each class needs {options.MinimumRecall:0.###}")),
            new GateCheck(
                "accuracy", metrics.Accuracy >= options.MinimumAccuracy, metrics.Accuracy, options.MinimumAccuracy,
                Text($"accuracy is {metrics.Accuracy:0.000} on {metrics.Images} test images; at least {options.MinimumAccuracy:0.###} is needed")),
        ];
    }

    /// <summary>What it must reach beside the champion; the comparison itself last, since it is what speaks for a candidate.</summary>
    public static IReadOnlyList<GateCheck> Beside(int champion, ModelComparison comparison, PromotionGateOptions options) =>
    [
        ClassesKept(champion, comparison),
        Comparable(champion, comparison, options),
        NewLabels(champion, comparison, options),
        EachClass(champion, comparison, options),
        Overall(champion, comparison, options),
    ];

    private static GateCheck ClassesKept(int champion, ModelComparison comparison) => new(
        "classes-kept", comparison.MissingClasses.Count == 0, comparison.MissingClasses.Count, 0,
        comparison.MissingClasses.Count == 0
            ? Text($"it knows every class of version {champion}")
            : Text($"it does not know {string.Join(", ", comparison.MissingClasses.Select(label => $"'{label}'"))} of version {champion}; if that is intended, promote it by hand"));

    private static GateCheck Comparable(int champion, ModelComparison comparison, PromotionGateOptions options)
    {
        var scarce = comparison.Classes.MinBy(item => item.Images)!;
        return new GateCheck(
            "comparable-images", scarce.Images >= options.MinimumTestImagesPerClass, scarce.Images, options.MinimumTestImagesPerClass,
            Text($"{comparison.Images} images to compare with version {champion}, {scarce.Images} of '{scarce.Label}', the rarest class; each needs {options.MinimumTestImagesPerClass} ({comparison.TrainedOn} left out because the champion was trained on them, {comparison.Unavailable} because they are missing)"));
    }

    private static GateCheck NewLabels(int champion, ModelComparison comparison, PromotionGateOptions options) => new(
        "new-labels", comparison.ContradictionP > options.SignificanceLevel, comparison.ContradictionP, options.SignificanceLevel,
        Text($"version {champion} contradicts the labels of {comparison.ContradictedImages} of {comparison.NewImages} new photos (a share of {options.MaximumContradiction:0.###} is allowed; p = {comparison.ContradictionP:0.0000})")
        + (comparison.ContradictionP > options.SignificanceLevel ? "" : ": check that they are labelled correctly; if so, promote the version by hand"));

    private static GateCheck EachClass(int champion, ModelComparison comparison, PromotionGateOptions options)
    {
        var worst = comparison.Classes.MinBy(item => item.AdjustedWorseP)!;
        var p = worst.AdjustedWorseP;
        return new GateCheck(
            "each-class", p > options.SignificanceLevel, p, options.SignificanceLevel,
            p > options.SignificanceLevel
                ? Text($"no class is significantly worse than by version {champion} (smallest corrected p = {p:0.0000})")
                : Text($"class '{worst.Label}' is significantly worse: {worst.CandidateRight} of {worst.Images} right, {worst.ChampionRight} by version {champion} (corrected p = {p:0.0000})"));
    }

    private static GateCheck Overall(int champion, ModelComparison comparison, PromotionGateOptions options)
    {
        var score = Text($"right where version {champion} is wrong on {comparison.Wins} of {comparison.Images} images, wrong where it is right on {comparison.Losses} (p = {comparison.BetterP:0.0000} for better, {comparison.WorseP:0.0000} for worse)");
        var more = comparison.CandidateTrainingImages > comparison.ChampionTrainingImages;
        var data = Text($"{comparison.CandidateTrainingImages} training images, the champion {comparison.ChampionTrainingImages}");
        var (passed, outcome) = comparison switch
        {
            _ when comparison.Losses > comparison.Wins => (false, "worse: "),
            _ when comparison.BetterP <= options.SignificanceLevel => (true, "better: "),
            _ when !more => (false, Text($"a tie, and it was not trained on more data ({data}): ")),
            _ when comparison.Losses > 0 && comparison.LossBound > options.MaximumLoss => (false, Text($"a tie, but it may be worse by {100 * comparison.LossBound:0.0} points ({100 * options.MaximumLoss:0.0} are allowed): ")),
            _ => (true, Text($"a tie, and it was trained on more data ({data}): ")),
        };
        return new GateCheck("champion", passed, comparison.BetterP, options.SignificanceLevel, outcome + score);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
