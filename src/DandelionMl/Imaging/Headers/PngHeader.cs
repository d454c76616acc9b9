using System.Buffers.Binary;

namespace DandelionMl.Imaging.Headers;

/// <summary>The header of a PNG: IHDR, and the optional chunks that matter here.</summary>
internal static class PngHeader
{
    private const int SignatureLength = 8;
    private const int InterlaceMethod = 28;
    private const int ChunkOverhead = 12; // length, type, CRC

    public static EncodedHeader Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 33 || !bytes[12..].StartsWith("IHDR"u8))
        {
            throw HeaderReader.Damaged("The PNG has no complete header (IHDR).");
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]);
        if (width > int.MaxValue || height > int.MaxValue)
        {
            throw HeaderReader.Damaged($"The PNG declares {width} × {height} pixels; a side is at most 2^31 - 1.");
        }

        var (frames, orientation) = ReadOptionalChunks(bytes[SignatureLength..]);
        return new EncodedHeader(ImageFormat.Png, (int)width, (int)height, frames, orientation)
        {
            // An interlaced one is decoded as a whole, with all of its bits, before it is scaled to 8.
            DecodingBytesPerPixel = bytes[InterlaceMethod] != 0 ? 16 : 8,
        };
    }

    /// <summary>Reads the number of frames (acTL, before the pixels) and the orientation: that of eXIf, else of EXIF data in a text, else of
    /// XMP, before or after the pixels. Skia reads none of a PNG.</summary>
    private static (int Frames, int Orientation) ReadOptionalChunks(ReadOnlySpan<byte> chunks)
    {
        var (frames, pixelsBegun) = (1, false);
        int? exif = null;
        var texts = new PngTexts();
        while (chunks.Length >= ChunkOverhead)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunks);
            if (length > chunks.Length - ChunkOverhead)
            {
                break;
            }

            var type = chunks.Slice(4, 4);
            var payload = chunks.Slice(8, (int)length);
            if (type.SequenceEqual("IDAT"u8))
            {
                pixelsBegun = true;
            }
            else if (type.SequenceEqual("acTL"u8) && !pixelsBegun && length >= 4)
            {
                frames = (int)Math.Clamp(BinaryPrimitives.ReadUInt32BigEndian(payload), 1, int.MaxValue);
            }
            else if (type.SequenceEqual("eXIf"u8))
            {
                exif ??= ExifOrientation.Find(payload);
            }
            else
            {
                texts.Read(type, payload);
            }

            chunks = chunks[((int)length + ChunkOverhead)..];
        }

        return (frames, exif ?? texts.Orientation ?? ExifOrientation.Upright);
    }
}
