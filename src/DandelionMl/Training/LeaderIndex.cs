using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DandelionMl.Embeddings;

namespace DandelionMl.Training;

/// <summary>The leaders of groups of near-duplicates, in their order. Searching is safe from several threads; adding is not.</summary>
/// <remarks>Up to <see cref="ExactUpTo"/> images each is compared with all leaders, at first by the bound of a <see cref="LeadingSubspace"/>.
/// Beyond that the leaders are in cells, each around an image (an inverted file: Jégou, Douze and Schmid 2011), and an image is compared with
/// those of the few cells nearest to it: n images cost in the order of n√n comparisons in place of n². A near-duplicate that is in none of
/// them is missed, fewer than one in a hundred.</remarks>
internal sealed class LeaderIndex
{
    /// <summary>The most images that are compared with all leaders.</summary>
    public const int ExactUpTo = 131_072;

    // Searched before the next: small enough to stay in a core's cache while several images are compared.
    private const int LeadersInCache = 512;

    private const int NearestCells = 12;

    private readonly IReadOnlyList<ReadOnlyMemory<float>> _embeddings;
    private readonly float[] _scales;
    private readonly float[] _projections;
    private readonly int _width;
    private readonly float _threshold;
    private readonly List<int> _leaders = [];
    private readonly ProjectionTable _centres;
    private readonly Cell[] _cells;
    private long _bounds;
    private long _cosines;

    /// <param name="embeddings">One an image, all of the same number of values; not copied.</param>
    /// <param name="threshold">Cosine similarity from which two images are near-duplicates.</param>
    /// <param name="searches">How many images will be compared with leaders: to compare few in full costs less than to prepare.</param>
    /// <param name="exactUpTo">The most images that are compared with all leaders.</param>
    public LeaderIndex(IReadOnlyList<ReadOnlyMemory<float>> embeddings, float threshold, int searches, int exactUpTo = ExactUpTo)
    {
        (_embeddings, _threshold) = (embeddings, threshold);
        var subspace = LeadingSubspace.ForSearches(embeddings, searches);
        _width = subspace.Width;
        _scales = new float[embeddings.Count];
        _projections = new float[embeddings.Count * _width];
        Parallel.For(0, embeddings.Count, image =>
        {
            _scales[image] = Direction.ScaleOf(embeddings[image].Span);
            subspace.Project(embeddings[image].Span, _scales[image], ProjectionOf(image));
        });

        // Few searches pass by all leaders: to find each its cell would cost more.
        var cells = (int)(2 * Math.Sqrt(embeddings.Count));
        cells = embeddings.Count <= exactUpTo || searches <= cells ? 1 : cells;
        _cells = [.. Enumerable.Range(0, cells).Select(_ => new Cell(_width))];
        _centres = new ProjectionTable(_width);
        for (var cell = 0; cell < cells; cell++)
        {
            _centres.Add(ProjectionOf((int)((long)cell * embeddings.Count / cells)));
        }
    }

    /// <summary>The number of leaders.</summary>
    public int Count => _leaders.Count;

    /// <summary>How many bounds were computed.</summary>
    public long Bounds => Interlocked.Read(ref _bounds);

    /// <summary>How many cosines were computed in full.</summary>
    public long Cosines => Interlocked.Read(ref _cosines);

    /// <summary>Makes an image a leader, after all others.</summary>
    public void Add(int image)
    {
        // Zeros are like nothing: as they have no direction, all of them would be put into one cell, and be compared with each other.
        if (_scales[image] > 0)
        {
            _cells[_cells.Length == 1 ? 0 : CellsNear(image, 1)[0]].Add(_leaders.Count, ProjectionOf(image));
        }

        _leaders.Add(image);
    }

    /// <summary>Finds the first leader that each of some neighbouring images is a near-duplicate of.</summary>
    /// <param name="image">The first of the images.</param>
    /// <param name="from">The place of the leader to begin with.</param>
    /// <param name="found">Receives the leader of each image, -1 if there is none.</param>
    public void FindFirst(int image, int from, Span<int> found)
    {
        found.Fill(-1);
        if (_cells.Length == 1)
        {
            FindFirst(_cells[0], image, from, found);
        }
        else
        {
            for (var position = 0; position < found.Length; position++)
            {
                found[position] = FindFirstInCells(image + position, from);
            }
        }

        for (var position = 0; position < found.Length; position++)
        {
            found[position] = found[position] < 0 ? -1 : _leaders[found[position]];
        }
    }

    private void FindFirst(Cell cell, int image, int from, Span<int> found)
    {
        var open = new List<int>(found.Length);
        for (var start = cell.IndexOf(from); start < cell.Count; start += LeadersInCache)
        {
            var end = Math.Min(start + LeadersInCache, cell.Count);
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
                FindFirst(cell, image, CollectionsMarshal.AsSpan(open).Slice(index, Math.Min(4, open.Count - index)), start, end, found);
            }
        }
    }

    /// <summary>The place of the first leader that an image is a near-duplicate of in the cells nearest to it, -1 if there is none.</summary>
    private int FindFirstInCells(int image, int from)
    {
        var first = int.MaxValue;
        Span<int> found = stackalloc int[1];
        foreach (var cell in CellsNear(image, NearestCells))
        {
            found[0] = -1;
            FindFirst(_cells[cell], image, from, found);
            first = found[0] < 0 ? first : Math.Min(first, found[0]);
        }

        return first == int.MaxValue ? -1 : first;
    }

    /// <summary>The cells whose centres are most similar to an image.</summary>
    private int[] CellsNear(int image, int count)
    {
        var similarities = _centres.Bound(ProjectionOf(image));
        Interlocked.Add(ref _bounds, similarities.Length);
        var nearest = new int[Math.Min(count, similarities.Length)];
        for (var index = 0; index < nearest.Length; index++)
        {
            nearest[index] = TensorPrimitives.IndexOfMax<float>(similarities);
            similarities[nearest[index]] = float.NegativeInfinity;
        }

        return nearest;
    }

    /// <summary>Compares up to four images with leaders in their order, side by side, as one alone would wait for its own sums.</summary>
    private void FindFirst(Cell cell, int image, ReadOnlySpan<int> positions, int start, int end, Span<int> found)
    {
        Interlocked.Add(ref _bounds, (long)positions.Length * (end - start));
        var least = Vector512.Create(_threshold - LeadingSubspace.Slack);
        ReadOnlySpan<float> first = ProjectionOf(image + positions[0]), second = ProjectionOf(image + positions[Math.Min(1, positions.Length - 1)]);
        ReadOnlySpan<float> third = ProjectionOf(image + positions[Math.Min(2, positions.Length - 1)]), fourth = ProjectionOf(image + positions[^1]);
        Span<ulong> near = stackalloc ulong[4];
        for (var block = start / ProjectionTable.Lanes; block * ProjectionTable.Lanes < end; block++)
        {
            var leaders = cell.Block(block);
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
                    found[positions[index]] = FindNear(cell, image + positions[index], block, near[index], start, end);
                }
            }
        }
    }

    /// <summary>The place of the first of a block's leaders that may be near which is.</summary>
    private int FindNear(Cell cell, int image, int block, ulong near, int start, int end)
    {
        for (var lane = 0; lane < ProjectionTable.Lanes; lane++)
        {
            var position = (block * ProjectionTable.Lanes) + lane;
            if ((near & (1UL << lane)) == 0 || position < start || position >= end)
            {
                continue;
            }

            Interlocked.Increment(ref _cosines);
            var leader = _leaders[cell.PlaceOf(position)];
            if (TensorPrimitives.Dot(_embeddings[leader].Span, _embeddings[image].Span) * _scales[leader] * _scales[image] >= _threshold)
            {
                return cell.PlaceOf(position);
            }
        }

        return -1;
    }

    private Span<float> ProjectionOf(int image) => _projections.AsSpan(image * _width, _width);

    /// <summary>Some of the leaders, in their order.</summary>
    private sealed class Cell(int width)
    {
        private readonly ProjectionTable _table = new(width);
        private readonly List<int> _places = [];

        public int Count => _places.Count;

        public void Add(int place, ReadOnlySpan<float> projection)
        {
            _places.Add(place);
            _table.Add(projection);
        }

        /// <summary>The place that a leader has among all.</summary>
        public int PlaceOf(int index) => _places[index];

        /// <summary>The first leader here that has a place from this on.</summary>
        public int IndexOf(int place)
        {
            var index = _places.BinarySearch(place);
            return index < 0 ? ~index : index;
        }

        public ReadOnlySpan<Vector512<float>> Block(int block) => _table.Block(block);
    }
}
