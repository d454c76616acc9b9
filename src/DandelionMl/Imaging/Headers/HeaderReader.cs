namespace DandelionMl.Imaging.Headers;

/// <summary>Reads the size of a picture and its number of frames in managed code, so that the limits are checked before a
/// native decoder sees a byte. The whole input is looked at once at most.</summary>
internal static class HeaderReader
{
    public static EncodedHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (!FileSignature.TryDetect(bytes, out var format))
        {
            throw new ImageDecodingException(
                ImageDecodingFailure.UnsupportedFormat,
                $"{OtherFormats.Name(bytes) ?? "This"} is not a supported picture format; send JPEG, PNG or WebP.");
        }

        var header = format switch
        {
            ImageFormat.Jpeg => JpegHeader.Read(bytes),
            ImageFormat.Png => PngHeader.Read(bytes),
            _ => WebPHeader.Read(bytes),
        };
        return header.Width > 0 && header.Height > 0
            ? header
            : throw Damaged($"The header declares {header.Width} × {header.Height} pixels.");
    }

    internal static ImageDecodingException Damaged(string message) => new(ImageDecodingFailure.Damaged, message);
}
