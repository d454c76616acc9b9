using System.Diagnostics.CodeAnalysis;
using DandelionMl.Embeddings;
using DandelionMl.Registry;
using DandelionMl.Training;

namespace DandelionMl.Promotion;

/// <summary>Compares any two versions on the same images, for people to look at. Embeddings that are kept are used, none is made, so it
/// takes milliseconds and changes nothing. Thread-safe.</summary>
/// <param name="registry">Gives the versions.</param>
/// <param name="embeddings">Gives the images, in each version's own space.</param>
[Experimental(DandelionMlExperiments.Comparison)]
public sealed class VersionComparer(IModelRegistry registry, IEmbeddingStore embeddings)
{
    /// <summary>Compares two versions.</summary>
    /// <param name="first">The one version's number.</param>
    /// <param name="second">The other's.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    public async Task<VersionComparison> CompareAsync(int first, int second, CancellationToken cancellationToken = default)
    {
        var manifests = (First: await registry.LoadManifestAsync(first, cancellationToken).ConfigureAwait(false), Second: await registry.LoadManifestAsync(second, cancellationToken).ConfigureAwait(false));
        var tested = TestImages(first < second ? [manifests.First, manifests.Second] : [manifests.Second, manifests.First]);
        var trained = manifests.First.Images.Concat(manifests.Second.Images)
            .Where(image => image.Split == DataSplit.Train).Select(image => image.Sha256).ToHashSet(StringComparer.Ordinal);
        var fair = tested.Where(image => !trained.Contains(image.Sha256)).ToList();
        var one = await LoadAsync(first, manifests.First, fair, cancellationToken).ConfigureAwait(false);
        var other = await LoadAsync(second, manifests.Second, fair, cancellationToken).ConfigureAwait(false);
        return Compare(one, other, fair, later: first < second ? other : one) with
        {
            // The later label of each counts, which only the earlier version can differ from.
            RelabelledImages = ChangedLabels.Count(tested, first < second ? manifests.First : manifests.Second),
            TrainedOn = tested.Count - fair.Count,
        };
    }

    /// <summary>What a version takes images for, as far as their embeddings are kept.</summary>
    /// <returns>Its most probable class, by SHA-256.</returns>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    internal async Task<IReadOnlyDictionary<string, string>> AnswerAsync(
        int version, TrainingManifest manifest, IEnumerable<ManifestImage> images, CancellationToken cancellationToken = default)
    {
        var asked = images.ToList();
        var model = await LoadAsync(version, manifest, asked, cancellationToken).ConfigureAwait(false);
        return asked.Where(model.CanBeAsked).ToDictionary(image => image.Sha256, image => model.Answer(image).Label, StringComparer.Ordinal);
    }

    /// <summary>The test images of manifests; of an image's labels the last one counts.</summary>
    private static List<ManifestImage> TestImages(IEnumerable<TrainingManifest> manifests)
    {
        var images = new Dictionary<string, ManifestImage>(StringComparer.Ordinal);
        foreach (var image in manifests.SelectMany(manifest => manifest.Images).Where(image => image.Split == DataSplit.Test))
        {
            images[image.Sha256] = image;
        }

        return [.. images.Values.OrderBy(image => image.Sha256, StringComparer.Ordinal)];
    }

    private async Task<JudgedModel> LoadAsync(
        int version, TrainingManifest manifest, List<ManifestImage> images, CancellationToken cancellationToken)
    {
        var model = await registry.FindAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
        var artifact = await registry.LoadArtifactAsync(version, cancellationToken).ConfigureAwait(false);
        return JudgedModel.Of(model, artifact, manifest, (await embeddings.ReadAsync(model.Space, images.ConvertAll(image => image.Sha256), cancellationToken).ConfigureAwait(false)).Rows);
    }

    private static VersionComparison Compare(JudgedModel first, JudgedModel second, List<ManifestImage> fair, JudgedModel later)
    {
        var asked = fair.FindAll(image => first.CanBeAsked(image) && second.CanBeAsked(image));
        var answers = asked.ConvertAll(image => new ImageDifference(image.Sha256, image.Label, first.Answer(image), second.Answer(image)));
        var labels = first.Version.Labels.Union(second.Version.Labels).Union(answers.Select(answer => answer.Label)).ToList();
        var (firstAlone, secondAlone) = (answers.Count(answer => IsRight(answer, answer.First) && !IsRight(answer, answer.Second)),
            answers.Count(answer => IsRight(answer, answer.Second) && !IsRight(answer, answer.First)));
        var photos = DistinctPhotos.Find(asked, later.Embeddings, later.Version.Metrics.DuplicateThreshold);
        var (firstPhotos, secondPhotos) = AloneRightPhotos(answers, photos);
        var bothRight = answers.Count(answer => IsRight(answer, answer.First) && IsRight(answer, answer.Second));
        return new VersionComparison
        {
            First = Describe(first, firstAlone, ExactTest.McNemar(firstPhotos, secondPhotos), labels, answers, answer => answer.First),
            Second = Describe(second, secondAlone, ExactTest.McNemar(secondPhotos, firstPhotos), labels, answers, answer => answer.Second),
            Labels = labels,
            Images = answers.Count,
            DistinctPhotos = photos.Distinct().Count(),
            TrainedOn = 0,
            Unavailable = fair.Count - answers.Count,
            BothRight = bothRight,
            BothWrong = answers.Count - bothRight - firstAlone - secondAlone,
            Differences = [.. answers.Where(answer => answer.First.Label != answer.Second.Label)
                .OrderByDescending(answer => answer.First.Probability + answer.Second.Probability)
                .ThenBy(answer => answer.Sha256, StringComparer.Ordinal)],
        };
    }

    /// <summary>The photos that one of the two alone is right on.</summary>
    private static (int First, int Second) AloneRightPhotos(List<ImageDifference> answers, int[] photos)
    {
        var judged = answers.Zip(photos).GroupBy(item => item.Second, item => item.First).Select(photo => (
            First: DistinctPhotos.IsRight([.. photo.Select(answer => IsRight(answer, answer.First))]),
            Second: DistinctPhotos.IsRight([.. photo.Select(answer => IsRight(answer, answer.Second))]))).ToList();
        return (judged.Count(photo => photo is { First: true, Second: false }), judged.Count(photo => photo is { First: false, Second: true }));
    }

    private static ComparedVersion Describe(
        JudgedModel model, int alone, double betterP, List<string> labels, List<ImageDifference> answers, Func<ImageDifference, ImageAnswer> answerOf)
    {
        var matrix = labels.ConvertAll(_ => new int[labels.Count]);
        foreach (var answer in answers)
        {
            matrix[labels.IndexOf(answer.Label)][labels.IndexOf(answerOf(answer).Label)]++;
        }

        var right = answers.Count(answer => IsRight(answer, answerOf(answer)));
        return new ComparedVersion
        {
            Version = model.Version.Version,
            Right = right,
            AloneRight = alone,
            BetterP = betterP,
            ConfusionMatrix = matrix,
        };
    }

    private static bool IsRight(ImageDifference image, ImageAnswer answer) => answer.Label == image.Label;
}
