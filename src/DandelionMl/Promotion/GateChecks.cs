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
        var (scarce, weakest) = (classes.MinBy(Photos)!, classes.MinBy(Recall)!);
        var accuracy = metrics.DistinctAccuracy ?? metrics.Accuracy;
        return
        [
            new GateCheck(
                "test-images", Photos(scarce) >= options.MinimumTestImagesPerClass, Photos(scarce), options.MinimumTestImagesPerClass,
                Text($"class '{scarce.Label}' has {TestImages(scarce.Images, scarce.DistinctPhotos)}; each class needs {options.MinimumTestImagesPerClass}")),
            new GateCheck(
                "recall", Recall(weakest) >= options.MinimumRecall, Recall(weakest), options.MinimumRecall,
                Text($"recall of '{weakest.Label}', the lowest, is {Recall(weakest):0.000}; each class needs {options.MinimumRecall:0.###}")),
            new GateCheck(
                "accuracy", accuracy >= options.MinimumAccuracy, accuracy, options.MinimumAccuracy,
                Text($"accuracy is {accuracy:0.000} on {TestImages(metrics.Images, metrics.DistinctPhotos)}; at least {options.MinimumAccuracy:0.###} is needed")),
        ];

        static int Photos(ClassMetrics item) => item.DistinctPhotos ?? item.Images;

        static double Recall(ClassMetrics item) => item.DistinctRecall ?? item.Recall;
    }

    /// <summary>What should be known of a candidate that is no reason to refuse it.</summary>
    /// <param name="metrics">How the candidate did.</param>
    /// <param name="champion">The champion; null if there was none.</param>
    /// <param name="comparison">The two beside each other; null if there was no champion.</param>
    public static IReadOnlyList<string> Notes(ModelMetrics metrics, int? champion = null, ModelComparison? comparison = null)
    {
        var notes = new List<string>();
        if (metrics.DistinctPhotos < metrics.Images)
        {
            notes.Add(Text($"The {metrics.Images} test images are {metrics.DistinctPhotos} distinct photos: near-duplicates count as one, which a model is right on if it is right on more than half of them."));
        }

        if (metrics is { Images: > 0, Accuracy: >= 1 })
        {
            notes.Add(Text($"It is right on all {TestImages(metrics.Images, metrics.DistinctPhotos)}: they may be too few, or too much like the photos that it was trained on, to show its mistakes. Measure it on photos of another place or day."));
        }

        if (comparison is { RelabelledImages: > 0 and var changed })
        {
            notes.Add(Text($"Test labels changed since version {champion} was trained: {changed} of {metrics.Images}. Version {champion} may be wrong on them only because it learned the labels of before."));
        }

        return notes;
    }

    /// <summary>What it must reach beside the champion; the comparison itself last, since it is what speaks for a candidate.</summary>
    public static IReadOnlyList<GateCheck> Beside(int champion, ModelComparison comparison, PromotionGateOptions options) =>
    [
        ClassesKept(champion, comparison),
        Comparable(champion, comparison, options),
        NewLabels(champion, comparison, options),
        EachClass(champion, comparison, options),
        TestImageUses(comparison, options),
        .. BestSoFar(champion, comparison, options),
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
            Text($"{comparison.Images} images to compare with version {champion}, {scarce.Images} of '{scarce.Label}', the rarest class; each needs {options.MinimumTestImagesPerClass} ({comparison.TrainedOn} left out because the champion was trained on them, {comparison.Unavailable} because they are missing{Alike(comparison)})"));
    }

    private static string Alike(ModelComparison comparison) =>
        comparison.NearDuplicates == 0 ? "" : Text($", {comparison.NearDuplicates} not counted because they are near-duplicates");

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

    /// <summary>Each verdict on the same images is one more chance to pass by luck: used too often, they prove no candidate better any more.</summary>
    private static GateCheck TestImageUses(ModelComparison comparison, PromotionGateOptions options)
    {
        var left = options.MaximumTestImageUses - comparison.Uses;
        var isNeeded = !FreshImages.AreBetter(comparison, options.SignificanceLevel) && !IsTie(comparison, options);
        var uses = Text($"{comparison.FreshImages} of the {comparison.Images} images were new to the gate; on average they were used for {comparison.Uses:0.#} verdicts before, {options.MaximumTestImageUses} are allowed");
        return new GateCheck(
            "test-image-uses", left >= 0 || !isNeeded, comparison.Uses, options.MaximumTestImageUses,
            left >= 0
                ? uses + Text($": fresh ones are due after {Math.Ceiling(left):0} more verdicts without any")
                : uses + ": fresh ones are due, as these prove no candidate better any more");
    }

    /// <summary>Whether it passes without being better: it is not worse, and was trained on more data.</summary>
    private static bool IsTie(ModelComparison comparison, PromotionGateOptions options) =>
        comparison.Losses <= comparison.Wins && comparison.CandidateTrainingImages > comparison.ChampionTrainingImages
        && (comparison.Losses == 0 || comparison.LossBound <= options.MaximumLoss);

    /// <summary>A champion is replaced by one that is hardly worse, again and again: it must not end below the best that there was.</summary>
    private static IEnumerable<GateCheck> BestSoFar(int champion, ModelComparison comparison, PromotionGateOptions options)
    {
        if (comparison.BestVersion is not { } best || best == champion)
        {
            return [];
        }

        var passed = comparison.BestLosses <= comparison.BestWins || FreshImages.AreBetter(comparison, options.SignificanceLevel);
        return
        [
            new GateCheck(
                "best-champion", passed, comparison.BestLosses, comparison.BestWins,
                Text($"right where version {best}, the best champion so far, is wrong on {comparison.BestWins} images, wrong where it is right on {comparison.BestLosses}"))
            {
                Case = comparison.BestLosses > comparison.BestWins && passed ? "FreshBetter" : null,
            },
        ];
    }

    private static GateCheck Overall(int champion, ModelComparison comparison, PromotionGateOptions options)
    {
        var score = Text($"right where version {champion} is wrong on {comparison.Wins} of {comparison.Images} images, wrong where it is right on {comparison.Losses} (p = {comparison.BetterP:0.0000} for better, {comparison.WorseP:0.0000} for worse)");
        var fresh = Text($"on the {comparison.FreshImages} images that no version was judged on before, it alone is right on {comparison.FreshWins} and version {champion} alone on {comparison.FreshLosses}");
        var data = Text($"{comparison.CandidateTrainingImages} training images, the champion {comparison.ChampionTrainingImages}");
        var level = FreshImages.LevelOf(comparison, options.SignificanceLevel);
        var (passed, kind, outcome) = comparison switch
        {
            _ when FreshImages.AreWorse(comparison, options.SignificanceLevel) => (false, "FreshWorse", Text($"worse {fresh}: ")),
            _ when FreshImages.AreBetter(comparison, options.SignificanceLevel) => (true, "FreshBetter", Text($"better {fresh}: ")),
            _ when comparison.Losses > comparison.Wins => (false, "Worse", "worse: "),
            _ when comparison.BetterP <= level => (true, "Better", "better: "),
            _ when IsTie(comparison, options) => (true, "TieMoreData", Text($"a tie, and it was trained on more data ({data}): ")),
            _ when comparison.CandidateTrainingImages <= comparison.ChampionTrainingImages => (false, "TieSameData", Text($"a tie, and it was not trained on more data ({data}): ")),
            _ => (false, "TieMayBeWorse", Text($"a tie, but it may be worse by {100 * comparison.LossBound:0.0} points ({100 * options.MaximumLoss:0.0} are allowed): ")),
        };
        return new GateCheck("champion", passed, comparison.BetterP, level, outcome + score) { Case = kind };
    }

    /// <summary>A number of test images, and of what if they are not all distinct photos.</summary>
    private static string TestImages(int images, int? photos) =>
        photos is { } distinct && distinct != images ? Text($"{distinct} distinct test photos in {images} images") : Text($"{images} test images");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
