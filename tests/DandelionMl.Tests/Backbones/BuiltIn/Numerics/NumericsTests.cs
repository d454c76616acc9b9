using DandelionMl.Backbones.BuiltIn.Numerics;
using DandelionMl.Backbones.BuiltIn.Patches;

namespace DandelionMl.Tests.Backbones.BuiltIn.Numerics;

public sealed class NumericsTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 5, 33)]
    [InlineData(70, 108, 64)]
    public void Multiply_any_size_agrees_with_the_definition(int rows, int inner, int columns)
    {
        var left = Values(rows * inner, 1);
        var right = Values(inner * columns, 2);
        var matrix = new PackedMatrix(right, inner, columns);
        var product = new float[rows * matrix.Stride];

        matrix.Multiply(left, product);

        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                double expected = 0;
                for (var k = 0; k < inner; k++)
                {
                    expected += (double)left[row * inner + k] * right[column * inner + k];
                }

                Assert.Equal(expected, product[row * matrix.Stride + column], 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(100)]
    public void Dot_and_Sum_any_length_agree_with_the_definition(int length)
    {
        var (left, right) = (Values(length, 3), Values(length, 4));

        Assert.Equal(left.Zip(right, (l, r) => (double)l * r).Sum(), Lanes.Dot(left, right), 1e-4);
        Assert.Equal(left.Sum(value => (double)value), Lanes.Sum(left), 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(27)]
    public void ShortRows_any_length_agree_with_the_definition(int length)
    {
        var (left, right) = (Values(length, 9), Values(length, 10));
        var (difference, product, sums) = (new float[length], new float[length], (float[])right.Clone());

        ShortRows.Subtract(left, right, difference);
        ShortRows.Multiply(left, right, product);
        ShortRows.AddMultiple(left, 0.3f, sums);

        Assert.Equal(left.Zip(right, (l, r) => l - r), difference);
        Assert.Equal(left.Zip(right, (l, r) => l * r), product);
        Assert.Equal(left.Zip(right, (l, r) => r + l * 0.3f), sums);
    }

    [Fact]
    public void ShortRows_of_different_lengths_throw() =>
        Assert.Throws<ArgumentException>(() => ShortRows.Subtract(new float[9], new float[8], new float[9]));

    [Fact]
    public void Decompose_symmetric_matrix_gives_it_back()
    {
        const int N = 12;
        var root = Values(N * N, 5);
        var matrix = new double[N * N];
        for (var i = 0; i < N * N; i++)
        {
            matrix[i] = Enumerable.Range(0, N).Sum(k => (double)root[i / N * N + k] * root[i % N * N + k]);
        }

        var (values, vectors) = SymmetricEigen.Decompose(matrix, N);

        Assert.Equal(values.OrderDescending(), values);
        for (var i = 0; i < N * N; i++)
        {
            var product = Enumerable.Range(0, N).Sum(k => values[k] * vectors[k * N + i / N] * vectors[k * N + i % N]);
            Assert.Equal(matrix[i], product, 1e-9);
        }
    }

    [Fact]
    public void KMeans_separate_clouds_finds_their_centres()
    {
        var noise = Values(600, 6);
        float[] points =
            [.. Enumerable.Range(0, 300).SelectMany(i => (float[])[i % 3 * 10 + noise[i] / 10, i % 3 * -4 + noise[300 + i] / 10])];

        var centres = KMeans.Fit(points, 2, 3, 20, new SplitMix(3), TestContext.Current.CancellationToken);

        Assert.Equal([0, 10, 20], centres.Where((_, i) => i % 2 == 0).Order().Select(x => (int)Math.Round(x)));
    }

    [Fact]
    public void Whitening_correlated_points_gives_unit_covariance()
    {
        var noise = Values(20_000, 7);
        float[] points =
            [.. Enumerable.Range(0, 10_000).SelectMany(i => (float[])[5 + 3 * noise[2 * i], 3 * noise[2 * i] + noise[2 * i + 1]])];
        var projection = new Projection(Whitening.Fit(points, 2, 2, damping: 0));
        var white = new float[20_000];

        projection.Apply(points, new float[10_000 * projection.Stride], white);

        double Moment(int first, int second) =>
            Enumerable.Range(0, 10_000).Average(i => (double)white[2 * i + first] * white[2 * i + second]);
        Assert.Equal(1, Moment(0, 0), 1e-2);
        Assert.Equal(1, Moment(1, 1), 1e-2);
        Assert.Equal(0, Moment(0, 1), 1e-2);
    }

    [Fact]
    public void GaussianMixture_two_clouds_finds_shares_means_and_variances()
    {
        var noise = Values(4_000, 8);
        float[] points = [.. noise.Select((value, i) => i % 4 == 0 ? 10 + 2 * value : value)];

        var mixture = GaussianMixture.Fit(points, 1, 2, 30, new SplitMix(1), TestContext.Current.CancellationToken);

        // A uniform value between -1 and 1 has a variance of 1/3.
        var (far, near) = mixture.Means[0] > mixture.Means[1] ? (0, 1) : (1, 0);
        Assert.Equal(0.25, mixture.Shares[far], 1e-2);
        Assert.Equal(10, mixture.Means[far], 0.2);
        Assert.Equal(4 / 3.0, mixture.Variances[far], 0.2);
        Assert.Equal(0, mixture.Means[near], 0.1);
        Assert.Equal(1 / 3.0, mixture.Variances[near], 0.05);
    }

    private static float[] Values(int count, ulong seed)
    {
        var random = new SplitMix(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.Next(2_000_001) - 1_000_000) / 1e6f)];
    }
}
