using System.Globalization;
using DandelionMl.Storage;
using DandelionMl.Training;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Tests.Training.LearningCurves;

/// <summary>Photos of classes that lie around means of their own, from which as many can be drawn as one likes: what more of them bring is
/// known.</summary>
internal sealed class DrawnEmbeddings
{
    private readonly double[][] _means;
    private readonly double _wrongLabels;

    /// <param name="classes">Number of classes.</param>
    /// <param name="width">Values of an embedding.</param>
    /// <param name="distance">How far each class lies from the middle, in standard deviations of its photos.</param>
    /// <param name="wrongLabels">Share of photos whose label is drawn anew.</param>
    public DrawnEmbeddings(int classes, int width, double distance, double wrongLabels = 0)
    {
        var random = new Random(width + classes);
        _wrongLabels = wrongLabels;
        _means = [.. Enumerable.Range(0, classes).Select(_ =>
        {
            double[] direction = [.. Enumerable.Range(0, width).Select(_ => Normal(random))];
            var length = Math.Sqrt(direction.Sum(value => value * value));
            return direction.Select(value => value / length * distance).ToArray();
        })];
    }

    public string[] Labels => [.. _means.Select((_, index) => Name(index))];

    /// <summary>Draws photos: of one seed the first of many are those of few.</summary>
    public LabelledEmbedding[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            var own = random.Next(_means.Length);
            float[] embedding = [.. _means[own].Select(mean => (float)(mean + Normal(random)))];
            var label = random.NextDouble() < _wrongLabels ? random.Next(_means.Length) : own;
            return new LabelledEmbedding(
                ContentHash.Of(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed} {number}"))), Name(label), embedding);
        })];
    }

    /// <summary>Draws photos of a label alone.</summary>
    public LabelledEmbedding[] DrawOf(string label, int count, int seed) =>
        [.. Draw(4 * count * _means.Length, seed).Where(photo => photo.Label == label).Take(count)];

    /// <summary>The accuracy on other photos of a head that is trained as a model is.</summary>
    public static double Accuracy(IReadOnlyCollection<LabelledEmbedding> trained, IReadOnlyCollection<LabelledEmbedding> others, string[] labels) =>
        Right(trained, others, labels).Average(photo => photo.IsRight ? 1.0 : 0);

    /// <summary>The accuracy on other photos, and the share of one label's that are found.</summary>
    public static (double Accuracy, double Recall) Accuracy(
        IReadOnlyCollection<LabelledEmbedding> trained, IReadOnlyCollection<LabelledEmbedding> others, string[] labels, string label)
    {
        var right = Right(trained, others, labels);
        return (right.Average(photo => photo.IsRight ? 1.0 : 0), right.Where(photo => photo.Label == label).Average(photo => photo.IsRight ? 1.0 : 0));
    }

    private static List<(string Label, bool IsRight)> Right(
        IReadOnlyCollection<LabelledEmbedding> trained, IReadOnlyCollection<LabelledEmbedding> others, string[] labels)
    {
        var head = LogisticTrainer.Fit([.. trained.OrderBy(photo => photo.Sha256, StringComparer.Ordinal)], labels).Head;
        return [.. others.Select(photo =>
        {
            var probabilities = head.Classify(photo.Embedding.Span);
            return (photo.Label, labels[probabilities.AsSpan().IndexOf(probabilities.Max())] == photo.Label);
        })];
    }

    private static string Name(int index) => index.ToString("00", CultureInfo.InvariantCulture);

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
