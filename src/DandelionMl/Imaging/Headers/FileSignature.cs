namespace DandelionMl.Imaging.Headers;

/// <summary>Tells a file's format by its first bytes.</summary>
internal static class FileSignature
{
    public static bool TryDetect(ReadOnlySpan<byte> bytes, out ImageFormat format)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            format = ImageFormat.Jpeg;
            return true;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            format = ImageFormat.Png;
            return true;
        }

        format = ImageFormat.WebP;
        return HasAt(bytes, 0, "RIFF"u8) && HasAt(bytes, 8, "WEBP"u8);
    }

    internal static bool HasAt(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<byte> value) =>
        bytes.Length >= offset + value.Length && bytes.Slice(offset, value.Length).SequenceEqual(value);
}
