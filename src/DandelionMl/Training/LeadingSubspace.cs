using System.Numerics.Tensors;

namespace DandelionMl.Training;

/// <summary>The few directions in which embeddings are longest, found by subspace iteration (Golub and Van Loan, Matrix Computations, 8.2) on
/// a sample of them. The dot product of two projections is at least that of the embeddings themselves, so it rules out pairs that are too far
/// apart, at a fraction of the cost.</summary>
internal sealed class LeadingSubspace
{
    private const int MaxDirections = 31;

    // Finding a direction costs about as much as comparing so many images in full.
    private const int ImagesPerDirection = 32;
    private const int SampleSize = 1024;
    private const int Iterations = 3;

    private readonly float[][] _basis;

    private LeadingSubspace(float[][] basis) => _basis = basis;

    /// <summary>The length of a projection: a coordinate a direction, and the length of what is outside of them all.</summary>
    public int Width => _basis.Length + 1;

    /// <summary>Finds it; of few embeddings it has no direction, and rules nothing out.</summary>
    /// <param name="directions">At least one, each of length 1 or 0, all of the same number of values.</param>
    public static LeadingSubspace Of(IReadOnlyList<float[]> directions)
    {
        var dimensions = directions[0].Length;
        var sampled = Math.Min(SampleSize, directions.Count);
        float[][] sample = [.. Enumerable.Range(0, sampled).Select(index => directions[(int)((long)index * directions.Count / sampled)])];
        var random = new Random(0);
        float[][] basis = [.. Enumerable.Range(0, Math.Min(Math.Min(MaxDirections, dimensions), directions.Count / ImagesPerDirection))
            .Select(_ => Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        MakeOrthonormal(basis);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Parallel.For(0, basis.Length, index => basis[index] = MultiplyBySecondMoments(sample, basis[index]));
            MakeOrthonormal(basis);
        }

        return new LeadingSubspace(basis);
    }

    /// <summary>Projects a vector.</summary>
    /// <param name="direction">A vector of length 1 or 0.</param>
    /// <param name="projection">Receives <see cref="Width"/> values.</param>
    public void Project(ReadOnlySpan<float> direction, Span<float> projection)
    {
        var outside = TensorPrimitives.SumOfSquares(direction);
        for (var index = 0; index < _basis.Length; index++)
        {
            projection[index] = TensorPrimitives.Dot(_basis[index], direction);
            outside -= projection[index] * projection[index];
        }

        // By the inequality of Cauchy and Schwarz, what is outside adds at most the product of the lengths.
        projection[_basis.Length] = MathF.Sqrt(Math.Max(outside, 0));
    }

    private static float[] MultiplyBySecondMoments(float[][] sample, float[] vector)
    {
        var product = new float[vector.Length];
        foreach (var row in sample)
        {
            TensorPrimitives.MultiplyAdd(row, TensorPrimitives.Dot<float>(row, vector), product, product);
        }

        return product;
    }

    /// <summary>By Gram and Schmidt, twice, as once leaves rounding errors. What depends on earlier ones becomes zeros.</summary>
    private static void MakeOrthonormal(float[][] basis)
    {
        for (var index = 0; index < basis.Length; index++)
        {
            var vector = basis[index];
            var length = TensorPrimitives.Norm<float>(vector);
            for (var pass = 0; pass < 2; pass++)
            {
                foreach (var earlier in basis.AsSpan(0, index))
                {
                    TensorPrimitives.MultiplyAdd(earlier, -TensorPrimitives.Dot<float>(earlier, vector), vector, vector);
                }
            }

            var rest = TensorPrimitives.Norm<float>(vector);
            if (rest <= 1e-4f * length)
            {
                Array.Clear(vector);
            }
            else
            {
                TensorPrimitives.Divide(vector, rest, vector);
            }
        }
    }
}
