using System.Numerics.Tensors;
using DandelionMl.Backbones.BuiltIn.Numerics;
using DandelionMl.Embeddings;
using DandelionMl.Training;

namespace DandelionMl.Benchmarks.Unknowns;

/// <summary>Ways to say how strange a photo is: the one that the library uses, and those that it was chosen from.</summary>
internal static class StrangerScores
{
    /// <summary>The score that the library uses.</summary>
    public const string OfTheLibrary = "residual";

    private const int Neighbours = 5;

    /// <summary>Learns from training photos what is familiar; the result gives a photo's strangeness.</summary>
    public delegate Func<float[], double> Fit(float[][] photos, LinearHead head);

    public static IReadOnlyList<(string Name, Fit Fit)> All { get; } =
    [
        ("5 nearest", (photos, _) => photo => MeanOfNearest(photo, photos)),
        ("Mahalanobis", (photos, _) => Mahalanobis(photos)),
        ("energy", (_, head) => photo => Energy(head.Classify(photo))),
        (OfTheLibrary, (photos, _) =>
        {
            var region = FamiliarRegionFit.Find(photos);
            return photo => region.DistanceOf(photo);
        }),
    ];

    /// <summary>Mean Euclidean distance to the nearest photos (Sun, Ming, Zhu and Li 2022).</summary>
    private static double MeanOfNearest(float[] photo, float[][] photos) =>
        photos.Select(other => (double)TensorPrimitives.Distance<float>(photo, other)).Order().Take(Neighbours).Average();

    /// <summary>The free energy of the head's logits (Liu, Wang, Owens and Li 2020), of two classes the less the farther
    /// the logit is from zero.</summary>
    private static double Energy(float[] probabilities)
    {
        // Logits are known but for what is added to all of them: their mean is zero here.
        double[] logits = [.. probabilities.Select(probability => Math.Log(Math.Max(probability, 1e-30)))];
        return logits.Average() - double.LogP1(logits.Sum(Math.Exp) - 1);
    }

    /// <summary>Mahalanobis distance on embeddings of length one, their covariance shrunk towards a multiple of the identity as far as
    /// Ledoit and Wolf (2004) say, since there are fewer photos than dimensions.</summary>
    private static Func<float[], double> Mahalanobis(float[][] photos)
    {
        float[][] centred = [.. photos.Select(photo => Direction.Of(photo))];
        var (count, dimensions) = (centred.Length, centred[0].Length);
        var mean = new float[dimensions];
        Array.ForEach(centred, row => TensorPrimitives.MultiplyAdd(row, 1f / count, mean, mean));
        Array.ForEach(centred, row => TensorPrimitives.Subtract(row, mean, row));

        // The covariance has as many eigenvalues as the photos' dot products, which are fewer.
        var products = new double[count * count];
        for (var cell = 0; cell < products.Length; cell++)
        {
            products[cell] = TensorPrimitives.Dot<float>(centred[cell / count], centred[cell % count]) / (double)count;
        }

        var (values, vectors) = SymmetricEigen.Decompose(products, count);
        var (total, squares) = (values.Sum(), values.Sum(value => value * value));
        var scatter = (centred.Average(row => Math.Pow(TensorPrimitives.SumOfSquares<float>(row), 2)) - squares) / count;
        var shrinkage = Math.Clamp(scatter / (squares - (total * total / dimensions)), 0.001, 1);
        var rest = shrinkage * total / dimensions;
        var axes = Enumerable.Range(0, count).Where(axis => values[axis] > 1e-6 * values[0]).Select(axis =>
        {
            var direction = new float[dimensions];
            for (var index = 0; index < count; index++)
            {
                var share = (float)(vectors[(axis * count) + index] / Math.Sqrt(count * values[axis]));
                TensorPrimitives.MultiplyAdd(centred[index], share, direction, direction);
            }

            return (Direction: direction, Variance: ((1 - shrinkage) * values[axis]) + rest);
        }).ToArray();
        return photo =>
        {
            var difference = Direction.Of(photo);
            TensorPrimitives.Subtract(difference, mean, difference);
            var (distance, outside) = (0.0, (double)TensorPrimitives.SumOfSquares<float>(difference));
            foreach (var (direction, variance) in axes)
            {
                var part = Math.Pow(TensorPrimitives.Dot<float>(direction, difference), 2);
                distance += part / variance;
                outside -= part;
            }

            return distance + (outside / rest);
        };
    }
}
