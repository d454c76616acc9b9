namespace DandelionMl.Imaging.Jpeg;

/// <summary>A JPEG's scan header (SOS): what is coded in the data behind it, in units of one or more blocks of 8 × 8 values.</summary>
internal sealed class JpegScan
{
    private JpegScan(JpegFrame frame, IReadOnlyList<Component> components, bool hasBrightness, long units)
    {
        (Components, HasBrightness, Units) = (components, hasBrightness, units);
        IsProgressive = frame.IsProgressive;
    }

    public bool IsProgressive { get; }

    public IReadOnlyList<Component> Components { get; }

    /// <summary>Whether it codes, as the first one, the mean of each block of the first component.</summary>
    public bool HasBrightness { get; }

    /// <summary>Number of units (MCU).</summary>
    public long Units { get; }

    /// <returns>Null if it is cut off, or names components that the frame does not have.</returns>
    public static JpegScan? TryRead(ReadOnlySpan<byte> segment, JpegFrame frame)
    {
        var count = segment.IsEmpty ? 0 : segment[0];
        if (count is 0 or > 4 || segment.Length < 4 + (count * 2))
        {
            return null;
        }

        var isInterleaved = count > 1;
        var components = new List<Component>(count);
        JpegFrame.Component? only = null;
        for (var index = 0; index < count; index++)
        {
            var (id, selectors) = (segment[1 + (index * 2)], segment[2 + (index * 2)]);
            only = frame.Components.FirstOrDefault(component => component.Id == id);
            if (only is null)
            {
                return null;
            }

            components.Add(new Component(selectors >> 4, selectors & 15, isInterleaved ? only.Horizontal * only.Vertical : 1));
        }

        var (spectralStart, approximation) = (segment[1 + (count * 2)], segment[3 + (count * 2)]);
        var isFirst = !frame.IsProgressive || (spectralStart == 0 && approximation >> 4 == 0);
        var units = isInterleaved
            ? Blocks(frame.Width, frame.MaxHorizontal) * Blocks(frame.Height, frame.MaxVertical)
            : Blocks(Sampled(frame.Width, only!.Horizontal, frame.MaxHorizontal), 1) * Blocks(Sampled(frame.Height, only.Vertical, frame.MaxVertical), 1);
        return new JpegScan(frame, components, isFirst && (isInterleaved || only == frame.Components[0]), units);
    }

    private static long Blocks(int side, int blocks) => (side + (8L * blocks) - 1) / (8 * blocks);

    private static int Sampled(int side, int factor, int maximum) => ((side * factor) + maximum - 1) / maximum;

    /// <summary>A component of a scan.</summary>
    /// <param name="DcTable">Which table its means are coded with.</param>
    /// <param name="AcTable">Which table its other values are coded with.</param>
    /// <param name="BlocksPerUnit">Its blocks in a unit.</param>
    internal sealed record Component(int DcTable, int AcTable, int BlocksPerUnit);
}
