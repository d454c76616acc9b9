namespace DandelionMl.Imaging.Turbo;

/// <summary>A decoder of libturbojpeg, for one thread.</summary>
/// <param name="library">The library.</param>
/// <param name="handle">What it gave.</param>
internal readonly struct TurboJpegHandle(TurboJpegLibrary library, nint handle) : IDisposable
{
    // Constants of turbojpeg.h.
    private const int Rgb = 0; // TJPF_RGB
    private const int RgbOpaque = 2; // TJPF_RGBX
    private const int StopOnWarning = 8192; // TJFLAG_STOPONWARNING
    private const int AccurateTransform = 4096; // TJFLAG_ACCURATEDCT
    private const int Grey = 3; // TJSAMP_GRAY; before it 4:4:4, 4:2:2 and 4:2:0
    private const int YCbCr = 1; // TJCS_YCbCr
    private const int GreyColours = 2; // TJCS_GRAY

    /// <summary>Whether a JPEG is of a kind whose pixels come out as those of Skia's own libjpeg-turbo: grey or YCbCr, with the colours at full width
    /// and height, half the width, or half of both.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="width">Its width, as it has been read before.</param>
    /// <param name="height">Its height.</param>
    public unsafe bool Takes(byte* jpeg, int length, int width, int height) =>
        library.ReadHeader(handle, jpeg, length, out var ownWidth, out var ownHeight, out var subsampling, out var colours) == 0
        && (ownWidth, ownHeight) == (width, height) && subsampling is >= 0 and <= Grey && colours is YCbCr or GreyColours;

    /// <summary>Decodes.</summary>
    /// <param name="jpeg">The file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="pixels">Receives the rows, without padding: R, G, B, or R, G, B and a byte without meaning.</param>
    /// <param name="width">Width in pixels, scaled.</param>
    /// <param name="height">Height in pixels, scaled.</param>
    /// <param name="channels">Bytes a pixel, 3 or 4.</param>
    /// <returns>Whether nothing was wrong with it; else the pixels mean nothing.</returns>
    public unsafe bool TryDecode(byte* jpeg, int length, byte* pixels, int width, int height, int channels) =>
        library.Decompress(
            handle, jpeg, length, pixels, width, height, width * channels, channels == 3 ? Rgb : RgbOpaque, AccurateTransform | StopOnWarning) == 0;

    public void Dispose() => library.Destroy(handle);
}
