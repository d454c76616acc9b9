using System.Numerics.Tensors;
using DandelionMl.Embeddings;

namespace DandelionMl.Training.Logistic;

/// <summary>Embeddings moved so that their mean is zero and scaled by one number so that their mean squared length is one: a strength then
/// means the same with every backbone. A head fitted to them is turned into one for the embeddings themselves.</summary>
internal sealed class ScaledEmbeddings : IFeatureRows
{
    // Embeddings that differ by less, as a share of their squared length, are equal but for the rounding of their values.
    private const double Rounding = 1e-14;

    // Photos that are added up by themselves: by the number of cores, the sums would differ from machine to machine.
    private const int PartSize = 1024;

    private readonly IReadOnlyList<ReadOnlyMemory<float>> _embeddings;
    private readonly double[] _mean;
    private readonly double _scale;

    /// <param name="embeddings">The embeddings, at least one, all as long.</param>
    public ScaledEmbeddings(IReadOnlyList<ReadOnlyMemory<float>> embeddings)
    {
        _embeddings = embeddings;
        _mean = new double[embeddings[0].Length];
        foreach (var sum in OfParts(SumOf))
        {
            TensorPrimitives.Add(_mean, sum, _mean);
        }

        TensorPrimitives.Divide(_mean, Count, _mean);
        var spread = OfParts(SpreadOf).Sum() / Count;
        _scale = spread > Rounding * TensorPrimitives.SumOfSquares<double>(_mean) ? 1 / Math.Sqrt(spread) : 0;
    }

    /// <summary>Whether they are all alike, so that no class can be told from another.</summary>
    public bool AreAlike => _scale == 0;

    public int Count => _embeddings.Count;

    public int Width => _mean.Length;

    public ReadOnlySpan<double> Mean => _mean;

    public double Scale => _scale;

    public RowBlock NewBlock() => new RowBlock<float>(Width, (photo, values) => _embeddings[photo].Span.CopyTo(values));

    public void CopyTo(int row, Span<double> values)
    {
        TensorPrimitives.ConvertTruncating(_embeddings[row].Span, values);
        TensorPrimitives.Subtract(values, _mean, values);
        TensorPrimitives.Multiply(values, _scale, values);
    }

    /// <summary>Turns weights for the scaled values into weights for the embeddings.</summary>
    /// <param name="weights">Outputs × <see cref="Width"/>, row-major.</param>
    /// <param name="bias">One an output.</param>
    public (float[] Weights, float[] Bias) Unscale(ReadOnlySpan<double> weights, ReadOnlySpan<double> bias)
    {
        var (own, ownBias, row) = (new float[weights.Length], new float[bias.Length], new double[Width]);
        for (var output = 0; output < bias.Length; output++)
        {
            TensorPrimitives.Multiply(weights.Slice(output * Width, Width), _scale, row);
            TensorPrimitives.ConvertTruncating<double, float>(row, own.AsSpan(output * Width, Width));
            ownBias[output] = (float)(bias[output] - TensorPrimitives.Dot<double>(row, _mean));
        }

        return (own, ownBias);
    }

    private T[] OfParts<T>(Func<IEnumerable<ReadOnlyMemory<float>>, T> find)
    {
        var found = new T[(Count + PartSize - 1) / PartSize];
        Parallel.For(0, found.Length, part => found[part] = find(_embeddings.Skip(part * PartSize).Take(PartSize)));
        return found;
    }

    private double[] SumOf(IEnumerable<ReadOnlyMemory<float>> embeddings)
    {
        var (sum, row) = (new double[Width], new double[Width]);
        foreach (var embedding in embeddings)
        {
            TensorPrimitives.ConvertTruncating(embedding.Span, row);
            TensorPrimitives.Add(sum, row, sum);
        }

        return sum;
    }

    /// <summary>The sum of the squared distances from the mean.</summary>
    private double SpreadOf(IEnumerable<ReadOnlyMemory<float>> embeddings)
    {
        var (spread, row) = (0.0, new double[Width]);
        foreach (var embedding in embeddings)
        {
            TensorPrimitives.ConvertTruncating(embedding.Span, row);
            TensorPrimitives.Subtract(row, _mean, row);
            spread += TensorPrimitives.SumOfSquares<double>(row);
        }

        return spread;
    }
}
