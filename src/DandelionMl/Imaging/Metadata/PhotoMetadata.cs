using DandelionMl.Imaging.Headers;

namespace DandelionMl.Imaging.Metadata;

/// <summary>Takes the metadata out of a photo: where and when it was taken, with which device, by whom, and small copies of it. The pixels are
/// not coded anew. What is needed to show them as they are stays: the colour profile, and the orientation as the only entry of new EXIF
/// data.</summary>
/// <remarks>What is known to be needed is copied, all else is left out, also what follows the end of the picture: phones append films and
/// second pictures there.</remarks>
internal static class PhotoMetadata
{
    /// <summary>Takes the metadata out.</summary>
    /// <param name="photo">The whole file, as the decoder took it.</param>
    /// <returns>The file without metadata; a file of another format than JPEG, PNG and WebP as it is.</returns>
    public static byte[] Strip(ReadOnlySpan<byte> photo)
    {
        if (!FileSignature.TryDetect(photo, out var format))
        {
            return photo.ToArray();
        }

        var orientation = HeaderReader.Read(photo).Orientation;
        return format switch
        {
            ImageFormat.Jpeg => JpegMetadata.Strip(photo, orientation),
            ImageFormat.Png => PngMetadata.Strip(photo, orientation),
            _ => WebPMetadata.Strip(photo, orientation),
        };
    }
}
