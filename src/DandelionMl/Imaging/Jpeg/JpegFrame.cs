using System.Buffers.Binary;

namespace DandelionMl.Imaging.Jpeg;

/// <summary>A JPEG's frame header (SOF): its size and its components with their sampling factors.</summary>
/// <param name="IsProgressive">Whether it is coded in several passes.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Components">The components, the brightness first.</param>
internal sealed record JpegFrame(bool IsProgressive, int Width, int Height, IReadOnlyList<JpegFrame.Component> Components)
{
    private const int ComponentLength = 3;

    public int MaxHorizontal => Components.Max(component => component.Horizontal);

    public int MaxVertical => Components.Max(component => component.Vertical);

    /// <returns>Null if it is cut off or out of range.</returns>
    public static JpegFrame? TryRead(ReadOnlySpan<byte> segment, bool isProgressive)
    {
        if (segment.Length < 6 || segment.Length < 6 + (segment[5] * ComponentLength))
        {
            return null;
        }

        var components = new List<Component>(segment[5]);
        for (var index = 0; index < segment[5]; index++)
        {
            var item = segment[(6 + (index * ComponentLength))..];
            components.Add(new Component(item[0], item[1] >> 4, item[1] & 15));
        }

        return components.Count > 0 && components.TrueForAll(component => component is { Horizontal: >= 1 and <= 4, Vertical: >= 1 and <= 4 })
            ? new JpegFrame(
                isProgressive, BinaryPrimitives.ReadUInt16BigEndian(segment[3..]), BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), components)
            : null;
    }

    /// <summary>A component.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Horizontal">Its horizontal sampling factor.</param>
    /// <param name="Vertical">Its vertical sampling factor.</param>
    internal sealed record Component(byte Id, int Horizontal, int Vertical);
}
