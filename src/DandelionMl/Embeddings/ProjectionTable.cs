using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DandelionMl.Embeddings;

/// <summary>Projections of embeddings on a <see cref="LeadingSubspace"/>, laid out to be compared with many at a time. Reading is safe from
/// several threads; adding is not.</summary>
/// <param name="width">The length of a projection.</param>
internal sealed class ProjectionTable(int width)
{
    /// <summary>Projections in a block: the first coordinates of all, then the second ones.</summary>
    public const int Lanes = 16;

    private float[] _coordinates = [];

    /// <summary>The number of projections.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a projection after all others.</summary>
    public void Add(ReadOnlySpan<float> projection)
    {
        var (block, lane) = Math.DivRem(Count, Lanes);
        if (_coordinates.Length < (block + 1) * Lanes * width)
        {
            Array.Resize(ref _coordinates, Math.Max(64, 2 * block) * Lanes * width);
        }

        for (var coordinate = 0; coordinate < width; coordinate++)
        {
            _coordinates[(((block * width) + coordinate) * Lanes) + lane] = projection[coordinate];
        }

        Count++;
    }

    /// <summary>Sets a projection to zeros.</summary>
    public void Clear(int index)
    {
        var (block, lane) = Math.DivRem(index, Lanes);
        for (var coordinate = 0; coordinate < width; coordinate++)
        {
            _coordinates[(((block * width) + coordinate) * Lanes) + lane] = 0;
        }
    }

    /// <summary>A block, coordinate by coordinate.</summary>
    public ReadOnlySpan<Vector512<float>> Block(int block) =>
        MemoryMarshal.Cast<float, Vector512<float>>(_coordinates.AsSpan(block * Lanes * width, Lanes * width));

    /// <summary>The dot product of a projection with each, which no cosine of the embeddings themselves is above.</summary>
    public float[] Bound(ReadOnlySpan<float> projection)
    {
        var bounds = new float[(Count + Lanes - 1) / Lanes * Lanes];
        var blocks = MemoryMarshal.Cast<float, Vector512<float>>(bounds.AsSpan());
        for (var block = 0; block < blocks.Length; block++)
        {
            var values = Block(block);
            Vector512<float> sum = default;
            for (var coordinate = 0; coordinate < values.Length; coordinate++)
            {
                sum = Vector512.FusedMultiplyAdd(values[coordinate], Vector512.Create(projection[coordinate]), sum);
            }

            blocks[block] = sum;
        }

        return bounds[..Count];
    }
}
