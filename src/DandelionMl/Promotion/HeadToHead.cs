using DandelionMl.Registry;

namespace DandelionMl.Promotion;

/// <summary>Lets two models answer the same images and counts where they differ.</summary>
internal static class HeadToHead
{
    public static ModelComparison Compare(JudgedModel candidate, JudgedModel champion, PromotionGateOptions options)
    {
        var seen = champion.Manifest.Images.ToDictionary(image => image.Sha256, image => image.Split, StringComparer.Ordinal);
        var test = candidate.Manifest.Images.Where(image => image.Split == DataSplit.Test).ToList();
        var fair = test.Where(image => seen.GetValueOrDefault(image.Sha256, DataSplit.Test) == DataSplit.Test).ToList();
        var answers = fair.Where(image => candidate.CanBeAsked(image) && champion.CanBeAsked(image))
            .Select(image => new Answer(image.Label, candidate.IsRight(image), champion.IsRight(image))).ToList();
        var fresh = candidate.Manifest.Images
            .Where(image => !seen.ContainsKey(image.Sha256) && champion.Knows(image.Label) && champion.CanBeAsked(image)).ToList();
        var contradicted = fresh.Count(image => !champion.IsRight(image));

        var (wins, losses) = (answers.Count(answer => answer.IsWin), answers.Count(answer => answer.IsLoss));
        return new ModelComparison
        {
            Images = answers.Count,
            TrainedOn = test.Count - fair.Count,
            Unavailable = fair.Count - answers.Count,
            CandidateRight = answers.Count(answer => answer.Candidate),
            ChampionRight = answers.Count(answer => answer.Champion),
            Wins = wins,
            Losses = losses,
            BetterP = ExactTest.McNemar(wins, losses),
            WorseP = ExactTest.McNemar(losses, wins),
            LossBound = ExactTest.LossBound(wins, losses, Math.Max(answers.Count, 1), options.SignificanceLevel),
            CandidateTrainingImages = candidate.TrainingImages,
            ChampionTrainingImages = champion.TrainingImages,
            Classes = CompareClasses(candidate.Version.Labels, answers),
            AddedClasses = [.. candidate.Version.Labels.Where(label => !champion.Knows(label))],
            MissingClasses = [.. champion.Version.Labels.Where(label => !candidate.Knows(label))],
            NewImages = fresh.Count,
            ContradictedImages = contradicted,
            ContradictionP = ExactTest.BinomialTail(contradicted, fresh.Count, options.MaximumContradiction),
        };
    }

    private static List<ClassComparison> CompareClasses(IReadOnlyList<string> labels, List<Answer> answers)
    {
        var byLabel = answers.ToLookup(answer => answer.Label, StringComparer.Ordinal);
        var classes = labels.Select(label => new ClassComparison
        {
            Label = label,
            Images = byLabel[label].Count(),
            CandidateRight = byLabel[label].Count(answer => answer.Candidate),
            ChampionRight = byLabel[label].Count(answer => answer.Champion),
            Wins = byLabel[label].Count(answer => answer.IsWin),
            Losses = byLabel[label].Count(answer => answer.IsLoss),
            WorseP = 1,
            AdjustedWorseP = 1,
        }).ToList();
        var worse = classes.Select(item => ExactTest.McNemar(item.Losses, item.Wins)).ToList();
        var adjusted = ExactTest.Holm(worse);
        return [.. classes.Select((item, index) => item with { WorseP = worse[index], AdjustedWorseP = adjusted[index] })];
    }

    /// <summary>Whether each of the two is right on an image of a class.</summary>
    private readonly record struct Answer(string Label, bool Candidate, bool Champion)
    {
        public bool IsWin => Candidate && !Champion;

        public bool IsLoss => Champion && !Candidate;
    }
}
