using DandelionMl.Imaging.Headers;

namespace DandelionMl.Imaging.Decoding;

/// <summary>The memory that a picture takes while it is decoded, as its header tells.</summary>
/// <param name="Bytes">The memory in bytes; 0 for what is no picture, which the decoder refuses with the reason.</param>
internal readonly record struct DecodingCost(long Bytes)
{
    /// <summary>Memory from which a picture counts as large, in bytes: more than a phone's photo of 12 megapixels takes in any format.</summary>
    public const long LargeFrom = 100 << 20;

    /// <summary>Whether it takes so much that few may be decoded, or wait for it, at a time.</summary>
    public bool IsLarge => Bytes >= LargeFrom;

    /// <param name="photo">The whole file.</param>
    public static DecodingCost Of(ReadOnlySpan<byte> photo)
    {
        try
        {
            var header = HeaderReader.Read(photo);
            return new DecodingCost(header.Pixels * header.DecodingBytesPerPixel);
        }
        catch (ImageDecodingException)
        {
            return default;
        }
    }
}
