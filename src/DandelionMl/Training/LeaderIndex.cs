using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DandelionMl.Embeddings;

namespace DandelionMl.Training;

/// <summary>The leaders of groups of near-duplicates, in their order. Searching is safe from several threads; adding is not.</summary>
internal sealed class LeaderIndex
{
    // Searched before the next: small enough to stay in a core's cache while several images are compared.
    private const int LeadersInCache = 512;

    private readonly IReadOnlyList<float[]> _embeddings;
    private readonly float[] _scales;
    private readonly float[] _projections;
    private readonly int _width;
    private readonly float _threshold;
    private readonly List<int> _leaders = [];
    private readonly ProjectionTable _table;
    private long _cosines;

    /// <param name="embeddings">One an image, all of the same number of values; not copied.</param>
    /// <param name="threshold">Cosine similarity from which two images are near-duplicates.</param>
    /// <param name="searches">How many images will be compared with leaders: to compare few in full costs less than to prepare.</param>
    public LeaderIndex(IReadOnlyList<float[]> embeddings, float threshold, int searches)
    {
        (_embeddings, _threshold) = (embeddings, threshold);
        var subspace = LeadingSubspace.Of(embeddings, searches);
        _width = subspace.Width;
        _table = new ProjectionTable(_width);
        _scales = new float[embeddings.Count];
        _projections = new float[embeddings.Count * _width];
        Parallel.For(0, embeddings.Count, image =>
        {
            _scales[image] = Direction.ScaleOf(embeddings[image]);
            subspace.Project(embeddings[image], _scales[image], _projections.AsSpan(image * _width, _width));
        });
    }

    /// <summary>The number of leaders.</summary>
    public int Count => _leaders.Count;

    /// <summary>How many cosines were computed in full.</summary>
    public long Cosines => Interlocked.Read(ref _cosines);

    /// <summary>Makes an image a leader, after all others.</summary>
    public void Add(int image)
    {
        _table.Add(ProjectionOf(image));
        _leaders.Add(image);
    }

    /// <summary>Finds the first leader that each of some neighbouring images is a near-duplicate of.</summary>
    /// <param name="image">The first of the images.</param>
    /// <param name="from">The place of the leader to begin with.</param>
    /// <param name="found">Receives the leader of each image, -1 if there is none.</param>
    public void FindFirst(int image, int from, Span<int> found)
    {
        found.Fill(-1);
        var open = new List<int>(found.Length);
        for (var start = from; start < Count; start += LeadersInCache)
        {
            var end = Math.Min(start + LeadersInCache, Count);
            open.Clear();
            for (var position = 0; position < found.Length; position++)
            {
                if (found[position] < 0)
                {
                    open.Add(position);
                }
            }

            for (var index = 0; index < open.Count; index += 4)
            {
                FindFirst(image, CollectionsMarshal.AsSpan(open).Slice(index, Math.Min(4, open.Count - index)), start, end, found);
            }
        }
    }

    /// <summary>Compares up to four images with leaders in their order, side by side, as one alone would wait for its own sums.</summary>
    private void FindFirst(int image, ReadOnlySpan<int> positions, int start, int end, Span<int> found)
    {
        var least = Vector512.Create(_threshold - LeadingSubspace.Slack);
        ReadOnlySpan<float> first = ProjectionOf(image + positions[0]), second = ProjectionOf(image + positions[Math.Min(1, positions.Length - 1)]);
        ReadOnlySpan<float> third = ProjectionOf(image + positions[Math.Min(2, positions.Length - 1)]), fourth = ProjectionOf(image + positions[^1]);
        Span<ulong> near = stackalloc ulong[4];
        for (var block = start / ProjectionTable.Lanes; block * ProjectionTable.Lanes < end; block++)
        {
            var leaders = _table.Block(block);
            Vector512<float> a = default, b = default, c = default, d = default;
            for (var coordinate = 0; coordinate < leaders.Length; coordinate++)
            {
                var values = leaders[coordinate];
                a = Vector512.FusedMultiplyAdd(values, Vector512.Create(first[coordinate]), a);
                b = Vector512.FusedMultiplyAdd(values, Vector512.Create(second[coordinate]), b);
                c = Vector512.FusedMultiplyAdd(values, Vector512.Create(third[coordinate]), c);
                d = Vector512.FusedMultiplyAdd(values, Vector512.Create(fourth[coordinate]), d);
            }

            near[0] = Vector512.GreaterThanOrEqual(a, least).ExtractMostSignificantBits();
            near[1] = Vector512.GreaterThanOrEqual(b, least).ExtractMostSignificantBits();
            near[2] = Vector512.GreaterThanOrEqual(c, least).ExtractMostSignificantBits();
            near[3] = Vector512.GreaterThanOrEqual(d, least).ExtractMostSignificantBits();
            for (var index = 0; index < positions.Length; index++)
            {
                if (near[index] != 0 && found[positions[index]] < 0)
                {
                    found[positions[index]] = FindNear(image + positions[index], block, near[index], start, end);
                }
            }
        }
    }

    /// <summary>The first of a block's leaders that may be near which is.</summary>
    private int FindNear(int image, int block, ulong near, int start, int end)
    {
        for (var lane = 0; lane < ProjectionTable.Lanes; lane++)
        {
            var position = (block * ProjectionTable.Lanes) + lane;
            if ((near & (1UL << lane)) == 0 || position < start || position >= end)
            {
                continue;
            }

            Interlocked.Increment(ref _cosines);
            var leader = _leaders[position];
            if (TensorPrimitives.Dot<float>(_embeddings[leader], _embeddings[image]) * _scales[leader] * _scales[image] >= _threshold)
            {
                return leader;
            }
        }

        return -1;
    }

    private ReadOnlySpan<float> ProjectionOf(int image) => _projections.AsSpan(image * _width, _width);
}
