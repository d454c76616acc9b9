using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>Measures predictions against known labels.</summary>
internal static class Evaluation
{
    private const int CalibrationBins = 15;

    /// <summary>Computes the metrics.</summary>
    /// <param name="labels">Class names, in the order of the probabilities; at least two.</param>
    /// <param name="predictions">What was predicted for each image, and what it is; at least one.</param>
    /// <param name="photos">The photo of each image, see <see cref="DistinctPhotos"/>; null if it is not known.</param>
    /// <param name="sets">What tells the classes that a photo may be of; null if nothing does.</param>
    /// <exception cref="ArgumentException">There is no prediction, or one has another number of probabilities than labels.</exception>
    public static ModelMetrics Measure(
        IReadOnlyList<string> labels,
        IReadOnlyCollection<EvaluatedImage> predictions,
        int[]? photos = null,
        PredictionSets? sets = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count == 0 || predictions.Any(prediction => prediction.Probabilities.Length != labels.Count))
        {
            throw new ArgumentException($"There must be predictions, each with {labels.Count} probabilities.", nameof(predictions));
        }

        var confusion = labels.Select(_ => new int[labels.Count]).ToArray();
        var bins = new (double Confidence, int Correct)[CalibrationBins];
        var loss = 0.0;
        foreach (var (probabilities, target) in predictions)
        {
            var predicted = probabilities.AsSpan().IndexOf(probabilities.Max());
            confusion[target][predicted]++;
            loss -= Math.Log(Math.Max(probabilities[target], 1e-12f));
            ref var bin = ref bins[Math.Min((int)(probabilities[predicted] * CalibrationBins), CalibrationBins - 1)];
            bin = (bin.Confidence + probabilities[predicted], bin.Correct + (predicted == target ? 1 : 0));
        }

        var count = predictions.Count;
        var distinct = photos is null ? null : JudgePhotos(predictions, photos);
        var mayBe = sets is null ? null : predictions.Select(image => (image.Target, Labels: sets.Of(image.Probabilities))).ToList();
        return new ModelMetrics
        {
            Images = count,
            Accuracy = (double)labels.Select((_, index) => confusion[index][index]).Sum() / count,
            Loss = loss / count,
            ExpectedCalibrationError = bins.Sum(bin => Math.Abs(bin.Confidence - bin.Correct)) / count,
            Classes = [.. labels.Select((label, index) => MeasureClass(label, index, confusion, distinct))],
            ConfusionMatrix = confusion,
            DistinctPhotos = distinct?.Count,
            DistinctAccuracy = distinct is null ? null : Share(distinct),
            PredictionSetCoverage = mayBe?.Average(image => image.Labels.Contains(image.Target) ? 1.0 : 0),
            PredictionSetSize = mayBe?.Average(image => image.Labels.Length),
            CalibrationPhotos = sets?.Photos,
        };
    }

    /// <summary>The class of each photo, and whether the model is right on it.</summary>
    private static List<(int Target, bool IsRight)> JudgePhotos(IEnumerable<EvaluatedImage> predictions, int[] photos) =>
    [
        .. predictions.Zip(photos).GroupBy(item => item.Second).Select(photo => (
            photo.First().First.Target,
            DistinctPhotos.IsRight([.. photo.Select(item => item.First.Probabilities.AsSpan().IndexOf(item.First.Probabilities.Max()) == item.First.Target)]))),
    ];

    private static double Share(List<(int Target, bool IsRight)> photos) =>
        photos.Count == 0 ? 0 : (double)photos.Count(photo => photo.IsRight) / photos.Count;

    private static ClassMetrics MeasureClass(string label, int index, int[][] confusion, List<(int Target, bool IsRight)>? photos)
    {
        var right = confusion[index][index];
        var actual = confusion[index].Sum();
        var predicted = confusion.Sum(row => row[index]);
        var own = photos?.FindAll(photo => photo.Target == index);
        return new ClassMetrics(label, actual, predicted == 0 ? 0 : (double)right / predicted, actual == 0 ? 0 : (double)right / actual)
        {
            DistinctPhotos = own?.Count,
            DistinctRecall = own is null ? null : Share(own),
        };
    }
}

/// <summary>A prediction for an image whose class is known.</summary>
/// <param name="Probabilities">One a class, in the order of the labels.</param>
/// <param name="Target">Index of the true class.</param>
internal readonly record struct EvaluatedImage(float[] Probabilities, int Target);
