using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>Measures predictions against known labels.</summary>
internal static class Evaluation
{
    private const int CalibrationBins = 15;

    /// <summary>Computes the metrics.</summary>
    /// <param name="labels">Class names, in the order of the probabilities; at least two.</param>
    /// <param name="predictions">What was predicted for each image, and what it is; at least one.</param>
    /// <exception cref="ArgumentException">There is no prediction, or one has another number of probabilities than labels.</exception>
    public static ModelMetrics Measure(IReadOnlyList<string> labels, IReadOnlyCollection<EvaluatedImage> predictions)
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
        return new ModelMetrics
        {
            Images = count,
            Accuracy = (double)labels.Select((_, index) => confusion[index][index]).Sum() / count,
            Loss = loss / count,
            ExpectedCalibrationError = bins.Sum(bin => Math.Abs(bin.Confidence - bin.Correct)) / count,
            Classes = [.. labels.Select((label, index) => MeasureClass(label, index, confusion))],
            ConfusionMatrix = confusion,
        };
    }

    private static ClassMetrics MeasureClass(string label, int index, int[][] confusion)
    {
        var right = confusion[index][index];
        var actual = confusion[index].Sum();
        var predicted = confusion.Sum(row => row[index]);
        return new ClassMetrics(label, actual, predicted == 0 ? 0 : (double)right / predicted, actual == 0 ? 0 : (double)right / actual);
    }
}

/// <summary>A prediction for an image whose class is known.</summary>
/// <param name="Probabilities">One a class, in the order of the labels.</param>
/// <param name="Target">Index of the true class.</param>
internal readonly record struct EvaluatedImage(float[] Probabilities, int Target);
