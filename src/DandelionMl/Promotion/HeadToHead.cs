using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Promotion;

/// <summary>Lets two models answer the same photos and counts where they differ. Near-duplicates are one photo, see
/// <see cref="DistinctPhotos"/>.</summary>
internal static class HeadToHead
{
    /// <param name="candidate">The candidate.</param>
    /// <param name="champion">The champion.</param>
    /// <param name="options">The level of the tests.</param>
    /// <param name="past">What was judged before; null if nothing was.</param>
    public static ModelComparison Compare(JudgedModel candidate, JudgedModel champion, PromotionGateOptions options, PastVerdicts? past = null)
    {
        var seen = champion.Manifest.Images.ToDictionary(image => image.Sha256, image => image.Split, StringComparer.Ordinal);
        var test = candidate.Manifest.Images.Where(image => image.Split == DataSplit.Test).ToList();
        var fair = test.Where(image => seen.GetValueOrDefault(image.Sha256, DataSplit.Test) == DataSplit.Test).ToList();
        var asked = fair.Where(image => candidate.CanBeAsked(image) && champion.CanBeAsked(image)).ToList();
        var answers = Photos(asked, candidate).ConvertAll(images => new Answer(
            images[0].Label, candidate.IsRight(images), champion.IsRight(images))
        {
            IsFresh = past is not null && !images.Exists(image => past.Judged.Contains(image.Sha256)),
        });
        var fresh = Photos(
            [.. candidate.Manifest.Images.Where(image => !seen.ContainsKey(image.Sha256) && champion.Knows(image.Label) && champion.CanBeAsked(image))],
            candidate);
        var contradicted = fresh.Count(images => !champion.IsRight(images));
        var (trainingOfCandidate, trainingOfChampion) = TrainingPhotos(candidate, champion);

        var (wins, losses) = (answers.Count(answer => answer.IsWin), answers.Count(answer => answer.IsLoss));
        var freshAnswers = answers.FindAll(answer => answer.IsFresh);
        var comparison = new ModelComparison
        {
            Images = answers.Count,
            NearDuplicates = asked.Count - answers.Count,
            RelabelledImages = ChangedLabels.Count(test, champion.Manifest),
            TrainedOn = test.Count - fair.Count,
            Unavailable = fair.Count - asked.Count,
            CandidateRight = answers.Count(answer => answer.Candidate),
            ChampionRight = answers.Count(answer => answer.Champion),
            Wins = wins,
            Losses = losses,
            BetterP = ExactTest.McNemar(wins, losses),
            WorseP = ExactTest.McNemar(losses, wins),
            LossBound = ExactTest.LossBound(wins, losses, Math.Max(answers.Count, 1), options.SignificanceLevel),
            CandidateTrainingImages = trainingOfCandidate,
            ChampionTrainingImages = trainingOfChampion,
            Classes = CompareClasses(candidate.Version.Labels, answers),
            AddedClasses = [.. candidate.Version.Labels.Where(label => !champion.Knows(label))],
            MissingClasses = [.. champion.Version.Labels.Where(label => !candidate.Knows(label))],
            NewImages = fresh.Count,
            ContradictedImages = contradicted,
            ContradictionP = ExactTest.BinomialTail(contradicted, fresh.Count, options.MaximumContradiction),
            FreshImages = freshAnswers.Count,
            FreshWins = freshAnswers.Count(answer => answer.IsWin),
            FreshLosses = freshAnswers.Count(answer => answer.IsLoss),
            Uses = past is null || answers.Count == 0 ? 0 : past.Uses * (answers.Count - freshAnswers.Count) / answers.Count,
            BestVersion = champion.Version.Version,
        };
        return past?.Best is { } best ? CompareBest(comparison, candidate, champion, best, asked) : comparison;
    }

    /// <summary>Compares with the best champion before this one, unless the champion is better by now.</summary>
    private static ModelComparison CompareBest(
        ModelComparison comparison, JudgedModel candidate, JudgedModel champion, JudgedModel best, List<ManifestImage> asked)
    {
        var learned = best.Manifest.Images.Where(image => image.Split == DataSplit.Train).Select(image => image.Sha256).ToHashSet(StringComparer.Ordinal);
        var photos = Photos(asked.FindAll(image => !learned.Contains(image.Sha256)), candidate)
            .ConvertAll(images => (Candidate: candidate.IsRight(images), Champion: champion.IsRight(images), Best: best.IsRight(images)));

        // Where both are right as often the older one stays, as it was not chosen by these images.
        return photos.Count(photo => photo.Best) < photos.Count(photo => photo.Champion)
            ? comparison
            : comparison with
            {
                BestVersion = best.Version.Version,
                BestWins = photos.Count(photo => photo.Candidate && !photo.Best),
                BestLosses = photos.Count(photo => photo.Best && !photo.Candidate),
            };
    }

    /// <summary>The distinct photos among images, each with its images: as the candidate's own metrics counted them.</summary>
    private static List<List<ManifestImage>> Photos(List<ManifestImage> images, JudgedModel candidate)
    {
        var photos = DistinctPhotos.Find(images, candidate.Embeddings, candidate.Version.Metrics.DuplicateThreshold);
        return [.. images.Zip(photos).GroupBy(item => item.Second, item => item.First).Select(photo => photo.ToList())];
    }

    /// <summary>What each was trained on: distinct photos where both were counted so, since copies are no more data; else images.</summary>
    private static (int Candidate, int Champion) TrainingPhotos(JudgedModel candidate, JudgedModel champion) =>
        (candidate.Version.Metrics.DistinctTrainingPhotos, champion.Version.Metrics.DistinctTrainingPhotos) is ({ } own, { } other)
            ? (own, other)
            : (candidate.TrainingImages, champion.TrainingImages);

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

    /// <summary>Whether each of the two is right on a photo of a class.</summary>
    private readonly record struct Answer(string Label, bool Candidate, bool Champion)
    {
        /// <summary>Whether no version was judged on the photo before.</summary>
        public bool IsFresh { get; init; }

        public bool IsWin => Candidate && !Champion;

        public bool IsLoss => Champion && !Candidate;
    }
}
