using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DandelionMl.Backbones.BuiltIn.Numerics;

namespace DandelionMl.Backbones.BuiltIn.Descriptors;

/// <summary>Histograms of oriented gradients (Dalal and Triggs 2005): nine unsigned orientations on a 4×4 grid of cells, the
/// gradient of the strongest channel, votes shared between neighbouring cells and orientations, blocks of 2×2 cells normalised
/// with clipping. A cell and its mirror image are one, which leaves 4×2 cells and three blocks.</summary>
internal static class OrientedGradients
{
    private const int Grid = 4;
    private const int HalfGrid = Grid / 2;
    private const int Bins = 9;
    private const float Clip = 0.2f;

    // Against noise in flat blocks; a block's gradients sum to some tens where there is structure.
    private const float Damping = 1f;

    public const int Length = (Grid - 1) * 4 * Bins;

    /// <summary>Describes an image.</summary>
    /// <param name="image">Red, green and blue plane, values from 0 to 1.</param>
    /// <param name="side">Its width and height in pixels, at least 18.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public static void Describe(ReadOnlySpan<float> image, int side, Span<float> output)
    {
        Span<float> cells = stackalloc float[Grid * HalfGrid * Bins];
        cells.Clear();
        Span<float> dx = stackalloc float[side];
        Span<float> dy = stackalloc float[side];
        Span<float> magnitudes = stackalloc float[side];
        Span<Share> shares = stackalloc Share[side];
        for (var i = 0; i < side; i++)
        {
            shares[i] = Share.Of(i, side);
        }

        for (var y = 1; y < side - 1; y++)
        {
            StrongestGradients(image, side, y, dx, dy, magnitudes);
            for (var x = 1; x < side - 1; x++)
            {
                if (magnitudes[x] > 0)
                {
                    var orientation = MathF.Atan2(dy[x], dx[x]) / MathF.PI;
                    orientation -= MathF.Floor(orientation);
                    Vote(cells, shares[x], shares[y], orientation * Bins, magnitudes[x]);
                }
            }
        }

        for (var row = 0; row + 1 < Grid; row++)
        {
            var block = output.Slice(row * 4 * Bins, 4 * Bins);
            cells.Slice(row * HalfGrid * Bins, 4 * Bins).CopyTo(block);
            Normalise(block);
        }
    }

    /// <summary>The gradient of the strongest channel at each inner pixel of a row, and its length.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StrongestGradients(
        ReadOnlySpan<float> image, int side, int y, Span<float> dx, Span<float> dy, Span<float> magnitudes)
    {
        for (var x = 1; x < side - 1; x += Vector512<float>.Count)
        {
            // The last vector of a row begins earlier, where it ends with the row.
            var first = Math.Min(x, side - 1 - Vector512<float>.Count);
            var (strongestDx, strongestDy, strongest) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512.Create(-1f));
            for (var centre = y * side + first; centre < image.Length; centre += side * side)
            {
                var channelDx = Vector512.Create(image[(centre + 1)..]) - Vector512.Create(image[(centre - 1)..]);
                var channelDy = Vector512.Create(image[(centre + side)..]) - Vector512.Create(image[(centre - side)..]);
                var square = channelDx * channelDx + channelDy * channelDy;
                var isStronger = Vector512.GreaterThan(square, strongest);
                strongestDx = Vector512.ConditionalSelect(isStronger, channelDx, strongestDx);
                strongestDy = Vector512.ConditionalSelect(isStronger, channelDy, strongestDy);
                strongest = Vector512.MaxNative(strongest, square);
            }

            strongestDx.CopyTo(dx[first..]);
            strongestDy.CopyTo(dy[first..]);
            Vector512.Sqrt(strongest).CopyTo(magnitudes[first..]);
        }
    }

    /// <summary>Votes into the four cells around a pixel. A cell of the right half is a mirror image of one of the left half, where the
    /// orientation runs the other way.</summary>
    private static void Vote(Span<float> cells, in Share column, in Share row, float orientation, float magnitude)
    {
        var direct = OrientationVote.Of(orientation);
        var mirrored = OrientationVote.Of(Bins - orientation);
        ref readonly var left = ref column.IsLowerMirrored ? ref mirrored : ref direct;
        ref readonly var right = ref column.IsUpperMirrored ? ref mirrored : ref direct;
        var (leftWeight, rightWeight) = (magnitude * column.LowerWeight, magnitude * column.UpperWeight);
        var top = cells.Slice(row.Lower * HalfGrid * Bins, HalfGrid * Bins);
        left.Add(top[(column.LowerFolded * Bins)..], leftWeight * row.LowerWeight);
        right.Add(top[(column.UpperFolded * Bins)..], rightWeight * row.LowerWeight);
        var bottom = cells.Slice(row.Upper * HalfGrid * Bins, HalfGrid * Bins);
        left.Add(bottom[(column.LowerFolded * Bins)..], leftWeight * row.UpperWeight);
        right.Add(bottom[(column.UpperFolded * Bins)..], rightWeight * row.UpperWeight);
    }

    private static void Normalise(Span<float> block)
    {
        var length = Lanes.Norm(block) + Damping;
        foreach (ref var value in block)
        {
            value = Math.Min(value / length, Clip);
        }
    }

    /// <summary>How a row or a column of pixels is shared between the two cells around it. Beyond the border there is none: that share is 0,
    /// and falls to a cell within.</summary>
    private readonly record struct Share(int Lower, int Upper, float LowerWeight, float UpperWeight)
    {
        public bool IsLowerMirrored => Lower >= HalfGrid;

        public bool IsUpperMirrored => Upper >= HalfGrid;

        public int LowerFolded => IsLowerMirrored ? Grid - 1 - Lower : Lower;

        public int UpperFolded => IsUpperMirrored ? Grid - 1 - Upper : Upper;

        public static Share Of(int pixel, int side)
        {
            var position = (pixel + 0.5f) / side * Grid - 0.5f;
            var lower = (int)MathF.Floor(position);
            var upper = lower + 1;
            return new Share(
                Math.Max(lower, 0),
                Math.Min(upper, Grid - 1),
                lower < 0 ? 0 : 1 - Math.Abs(position - lower),
                upper >= Grid ? 0 : 1 - Math.Abs(position - upper));
        }
    }

    /// <summary>The two neighbouring orientations that a vote is shared between.</summary>
    private readonly record struct OrientationVote(int Bin, int Next, float Rest)
    {
        public static OrientationVote Of(float orientation)
        {
            var whole = float.ConvertToIntegerNative<int>(orientation);
            var bin = whole == Bins ? 0 : whole;
            return new OrientationVote(bin, bin + 1 == Bins ? 0 : bin + 1, orientation - whole);
        }

        public void Add(Span<float> bins, float weight)
        {
            bins[Bin] += weight * (1 - Rest);
            bins[Next] += weight * Rest;
        }
    }
}
