namespace DandelionMl.Imaging.Headers;

/// <summary>What a file's header declares, as encoded: no orientation is applied yet.</summary>
internal readonly record struct EncodedHeader(ImageFormat Format, int Width, int Height, int Frames)
{
    public long Pixels => (long)Width * Height;
}
