using System.Numerics.Tensors;

namespace DandelionMl.Embeddings;

/// <summary>The few directions in which embeddings are longest, found by subspace iteration (Golub and Van Loan, Matrix Computations, 8.2) on
/// a sample of them. The dot product of two projections is at least that of the embeddings themselves, so it rules out pairs that are too far
/// apart, at a fraction of the cost.</summary>
internal sealed class LeadingSubspace
{
    /// <summary>Above what rounding takes from a bound on a cosine.</summary>
    public const float Slack = 1e-4f;

    private const int MaxDirections = 31;

    // Finding a direction costs about as much as searching for so many images in full.
    private const int SearchesPerDirection = 32;
    private const int SampleSize = 1024;
    private const int Iterations = 3;

    private const int RowsPerPart = 256;

    private readonly float[][] _basis;

    private LeadingSubspace(float[][] basis) => _basis = basis;

    /// <summary>The length of a projection: a coordinate a direction, and the length of what is outside of them all.</summary>
    public int Width => _basis.Length + 1;

    /// <summary>The directions: of length 1, or 0 where there are no more, and orthogonal to one another.</summary>
    public IReadOnlyList<float[]> Basis => _basis;

    /// <summary>Finds it for comparing embeddings; for few searches it has no direction, and rules nothing out.</summary>
    /// <param name="embeddings">At least one, all of the same number of values.</param>
    /// <param name="searches">How many of them will be compared with others.</param>
    public static LeadingSubspace ForSearches(IReadOnlyList<ReadOnlyMemory<float>> embeddings, int searches) =>
        Of([.. Sample(embeddings).Select(embedding => Direction.Of(embedding.Span))], Math.Min(MaxDirections, searches / SearchesPerDirection));

    /// <summary>Finds it.</summary>
    /// <param name="vectors">At least one, all of the same number of values.</param>
    /// <param name="most">Most directions, 0 or more.</param>
    public static LeadingSubspace Of(IReadOnlyList<float[]> vectors, int most)
    {
        var dimensions = vectors[0].Length;
        float[][] sample = [.. Sample(vectors)];
        var random = new Random(0);
        float[][] basis = [.. Enumerable.Range(0, Math.Min(most, dimensions))
            .Select(_ => Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        MakeOrthonormal(basis);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            basis = MultiplyBySecondMoments(sample, basis);
            MakeOrthonormal(basis);
        }

        return new LeadingSubspace(basis);
    }

    /// <summary>Projects a vector.</summary>
    /// <param name="embedding">The vector.</param>
    /// <param name="scale">What it is multiplied by, so that its length is 1 or 0.</param>
    /// <param name="projection">Receives <see cref="Width"/> values.</param>
    public void Project(ReadOnlySpan<float> embedding, float scale, Span<float> projection)
    {
        var outside = TensorPrimitives.SumOfSquares(embedding) * scale * scale;
        for (var index = 0; index < _basis.Length; index++)
        {
            projection[index] = TensorPrimitives.Dot(_basis[index], embedding) * scale;
            outside -= projection[index] * projection[index];
        }

        // By the inequality of Cauchy and Schwarz, what is outside adds at most the product of the lengths.
        projection[_basis.Length] = MathF.Sqrt(Math.Max(outside, 0));
    }

    private static IEnumerable<T> Sample<T>(IReadOnlyList<T> vectors)
    {
        var sampled = Math.Min(SampleSize, vectors.Count);
        return Enumerable.Range(0, sampled).Select(index => vectors[(int)((long)index * vectors.Count / sampled)]);
    }

    private static float[][] MultiplyBySecondMoments(float[][] sample, float[][] vectors)
    {
        var (count, width) = (vectors.Length, RowBlock.Padded(sample[0].Length));
        var multipliers = new double[count * width];
        for (var index = 0; index < count; index++)
        {
            TensorPrimitives.ConvertTruncating<float, double>(vectors[index], multipliers.AsSpan(index * width));
        }

        // Each part's sum by itself, so that the result does not depend on the number of cores.
        var sums = new double[(sample.Length + RowsPerPart - 1) / RowsPerPart][];
        Parallel.For(0, sums.Length, part =>
        {
            var from = part * RowsPerPart;
            sums[part] = MultiplyBySecondMoments(sample, from, Math.Min(from + RowsPerPart, sample.Length), multipliers, count);
        });
        foreach (var sum in sums.AsSpan(1))
        {
            TensorPrimitives.Add(sums[0], sum, sums[0]);
        }

        return [.. Enumerable.Range(0, count).Select(index => ToSingle(sums[0].AsSpan(index * width, sample[0].Length)))];
    }

    private static double[] MultiplyBySecondMoments(float[][] sample, int from, int to, double[] multipliers, int count)
    {
        var rows = new RowBlock<float>(sample[0].Length, (row, values) => sample[row].CopyTo(values));
        var (products, sum) = (new double[RowBlock.MaxCount * count], new double[multipliers.Length]);
        foreach (var block in Enumerable.Range(from, to - from).Chunk(RowBlock.MaxCount))
        {
            rows.Fill(block);
            rows.Multiply(multipliers, count, products);
            rows.AddMultiples(products, count, sum);
        }

        return sum;
    }

    private static float[] ToSingle(ReadOnlySpan<double> values)
    {
        var singles = new float[values.Length];
        TensorPrimitives.ConvertTruncating(values, singles);
        return singles;
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
