using System.Numerics.Tensors;
using DandelionMl.Training;

namespace DandelionMl.Tests.Promotion;

/// <summary>A simulated world of photos: a normal cloud of embeddings a class, in which a head's true accuracy can be measured on far
/// more photos than any test has.</summary>
internal sealed class SimulatedPhotos(int seed, float distance = 1.9f)
{
    private const int Dimensions = 24;
    private static readonly string[] Names = ["dandelion", "grass", "rocket"];

    private readonly Random _random = new(seed);

    public static IReadOnlyList<string> Labels => Names;

    /// <summary>Draws photos of all classes in turn.</summary>
    public List<(float[] Embedding, int Target)> Draw(int count) => [.. Enumerable.Range(0, count).Select(index =>
    {
        var (embedding, target) = (new float[Dimensions], index % Names.Length);
        for (var dimension = 0; dimension < Dimensions; dimension++)
        {
            embedding[dimension] = (float)Normal() + (dimension == target ? distance : 0);
        }

        return (embedding, target);
    })];

    /// <summary>Trains a head as the library does, on photos of which a share is mislabelled.</summary>
    public LinearHead Train(int photos, double mislabelled = 0)
    {
        var drawn = Draw(photos);
        return Fit([.. drawn.Select(photo => photo with { Target = _random.NextDouble() < mislabelled ? _random.Next(Names.Length) : photo.Target })]);
    }

    public static LinearHead Fit(IReadOnlyList<(float[] Embedding, int Target)> photos)
    {
        var (embeddings, targets) = (photos.Select(photo => photo.Embedding).ToList(), photos.Select(photo => photo.Target).ToList());
        return HeadTrainer.Fit(embeddings, targets, Names.Length, new TrainingOptions { Epochs = 30 });
    }

    /// <summary>The same head with noise on its weights.</summary>
    public LinearHead Disturb(LinearHead head, double noise) => new(
        head.Classes, [.. head.Weights.ToArray().Select(weight => weight + (float)(noise * Normal()))], head.Bias.ToArray());

    public static double Accuracy(LinearHead head, List<(float[] Embedding, int Target)> photos) =>
        photos.Count(photo => TensorPrimitives.IndexOfMax<float>(head.Classify(photo.Embedding)) == photo.Target) / (double)photos.Count;

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
