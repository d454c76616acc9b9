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
    /// <param name="side">Its width and height in pixels.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public static void Describe(ReadOnlySpan<float> image, int side, Span<float> output)
    {
        Span<float> cells = stackalloc float[Grid * HalfGrid * Bins];
        cells.Clear();
        for (var y = 1; y < side - 1; y++)
        {
            for (var x = 1; x < side - 1; x++)
            {
                var (dx, dy) = StrongestGradient(image, side, x, y);
                var magnitude = MathF.Sqrt(dx * dx + dy * dy);
                if (magnitude > 0)
                {
                    var orientation = MathF.Atan2(dy, dx) / MathF.PI;
                    orientation -= MathF.Floor(orientation);
                    Vote(cells, (x + 0.5f) / side * Grid - 0.5f, (y + 0.5f) / side * Grid - 0.5f, orientation * Bins, magnitude);
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

    private static (float Dx, float Dy) StrongestGradient(ReadOnlySpan<float> image, int side, int x, int y)
    {
        var (dx, dy, strongest) = (0f, 0f, -1f);
        for (var centre = y * side + x; centre < image.Length; centre += side * side)
        {
            var channelDx = image[centre + 1] - image[centre - 1];
            var channelDy = image[centre + side] - image[centre - side];
            var square = channelDx * channelDx + channelDy * channelDy;
            if (square > strongest)
            {
                (dx, dy, strongest) = (channelDx, channelDy, square);
            }
        }

        return (dx, dy);
    }

    /// <summary>Votes into the cells around (<paramref name="x"/>, <paramref name="y"/>), in cells. A cell of the right half is a
    /// mirror image of one of the left half, where the orientation runs the other way.</summary>
    private static void Vote(Span<float> cells, float x, float y, float orientation, float magnitude)
    {
        var (left, top) = (MathF.Floor(x), MathF.Floor(y));
        for (var corner = 0; corner < 4; corner++)
        {
            var (column, row) = ((int)left + (corner & 1), (int)top + (corner >> 1));
            if (column is < 0 or >= Grid || row is < 0 or >= Grid)
            {
                continue;
            }

            var weight = magnitude * (1 - Math.Abs(x - column)) * (1 - Math.Abs(y - row));
            var mirrored = column >= HalfGrid;
            var cell = row * HalfGrid + (mirrored ? Grid - 1 - column : column);
            VoteOrientation(cells.Slice(cell * Bins, Bins), mirrored ? Bins - orientation : orientation, weight);
        }
    }

    private static void VoteOrientation(Span<float> bins, float orientation, float weight)
    {
        var bin = (int)orientation;
        var rest = orientation - bin;
        bins[bin % Bins] += weight * (1 - rest);
        bins[(bin + 1) % Bins] += weight * rest;
    }

    private static void Normalise(Span<float> block)
    {
        var length = Lanes.Norm(block) + Damping;
        foreach (ref var value in block)
        {
            value = Math.Min(value / length, Clip);
        }
    }
}
