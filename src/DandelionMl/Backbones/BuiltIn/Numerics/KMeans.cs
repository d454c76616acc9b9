using System.Numerics.Tensors;

namespace DandelionMl.Backbones.BuiltIn.Numerics;

/// <summary>Lloyd's k-means. Starts from points drawn at random; a cluster that runs empty starts again from another
/// one.</summary>
internal static class KMeans
{
    private const int PointsAtOnce = 256;

    /// <summary>Finds the centres.</summary>
    /// <param name="points">n points of <paramref name="dimensions"/> values each, one after the other.</param>
    /// <param name="dimensions">Values of a point.</param>
    /// <param name="count">Number of centres.</param>
    /// <param name="iterations">Number of rounds.</param>
    /// <param name="random">Where the random numbers come from.</param>
    /// <param name="cancellationToken">Cancels between rounds.</param>
    /// <returns>The centres, one after the other.</returns>
    public static float[] Fit(
        ReadOnlySpan<float> points, int dimensions, int count, int iterations, SplitMix random, CancellationToken cancellationToken)
    {
        var pointCount = points.Length / dimensions;
        var order = Enumerable.Range(0, pointCount).ToArray();
        random.Shuffle(order);
        var centres = new float[count * dimensions];
        for (var c = 0; c < count; c++)
        {
            points.Slice(order[c % pointCount] * dimensions, dimensions).CopyTo(centres.AsSpan(c * dimensions));
        }

        Improve(points, dimensions, centres, iterations, random, cancellationToken);
        return centres;
    }

    /// <summary>Moves centres to where their clusters are.</summary>
    /// <param name="points">n points of <paramref name="dimensions"/> values each, one after the other.</param>
    /// <param name="dimensions">Values of a point.</param>
    /// <param name="centres">The centres to begin with, one after the other; receives those found.</param>
    /// <param name="iterations">Number of rounds.</param>
    /// <param name="random">Where the random numbers come from.</param>
    /// <param name="cancellationToken">Cancels between rounds.</param>
    public static void Improve(
        ReadOnlySpan<float> points, int dimensions, float[] centres, int iterations, SplitMix random, CancellationToken cancellationToken)
    {
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            MoveToMeans(points, dimensions, centres, random);
        }
    }

    private static void MoveToMeans(ReadOnlySpan<float> points, int dimensions, float[] centres, SplitMix random)
    {
        var (pointCount, count) = (points.Length / dimensions, centres.Length / dimensions);
        var sums = new float[centres.Length];
        var members = new int[count];
        var nearest = new int[PointsAtOnce];
        var search = new NearestCentre(centres, dimensions);
        for (var first = 0; first < pointCount; first += PointsAtOnce)
        {
            var batch = points[(first * dimensions)..(Math.Min(pointCount, first + PointsAtOnce) * dimensions)];
            search.Find(batch, nearest);
            for (var i = 0; i < batch.Length / dimensions; i++)
            {
                members[nearest[i]]++;
                var sum = sums.AsSpan(nearest[i] * dimensions, dimensions);
                TensorPrimitives.Add(sum, batch.Slice(i * dimensions, dimensions), sum);
            }
        }

        for (var c = 0; c < count; c++)
        {
            var centre = centres.AsSpan(c * dimensions, dimensions);
            if (members[c] == 0)
            {
                points.Slice(random.Next(pointCount) * dimensions, dimensions).CopyTo(centre);
            }
            else
            {
                TensorPrimitives.Divide(sums.AsSpan(c * dimensions, dimensions), members[c], centre);
            }
        }
    }

    /// <summary>The nearest centre is the one of the largest x·c - |c|²/2.</summary>
    private sealed class NearestCentre
    {
        private readonly int _count;
        private readonly PackedMatrix _centres;
        private readonly float[] _halfSquares;
        private readonly float[] _scores;

        public NearestCentre(ReadOnlySpan<float> centres, int dimensions)
        {
            _count = centres.Length / dimensions;
            _centres = new PackedMatrix(centres, dimensions, _count);
            _scores = new float[PointsAtOnce * _centres.Stride];
            _halfSquares = new float[_count];
            for (var c = 0; c < _count; c++)
            {
                var centre = centres.Slice(c * dimensions, dimensions);
                _halfSquares[c] = Lanes.Dot(centre, centre) / 2;
            }
        }

        public void Find(ReadOnlySpan<float> points, Span<int> nearest)
        {
            _centres.Multiply(points, _scores);
            for (var i = 0; i < points.Length / _centres.RowCount; i++)
            {
                var scores = _scores.AsSpan(i * _centres.Stride, _count);
                TensorPrimitives.Subtract(scores, _halfSquares, scores);
                nearest[i] = TensorPrimitives.IndexOfMax<float>(scores);
            }
        }
    }
}
