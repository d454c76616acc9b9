using System.Buffers.Binary;
using System.Text;

namespace DandelionMl.Backbones.Weights;

/// <summary>The directory of a zip file as <c>torch.save</c> writes it: every entry stored, none compressed, so that each is a range of
/// the file. Anything else is refused. (Field layouts: PKWARE's APPNOTE.TXT, 4.3.)</summary>
internal static class StoredZip
{
    /// <summary>Most entries in a file.</summary>
    public const int MaxEntries = 16_384;

    private const int MaxDirectoryBytes = 4 << 20;
    private const int MaxNameBytes = 512;
    private const int EndLength = 22;
    private const int Zip64LocatorLength = 20;
    private const int Zip64EndLength = 56;
    private const int DirectoryEntryLength = 46;
    private const int LocalHeaderLength = 30;

    /// <summary>Lists the entries by name.</summary>
    /// <param name="stream">The file.</param>
    /// <exception cref="InvalidWeightsException">An entry is compressed, encrypted, named twice or oddly, or lies outside the file.</exception>
    public static IReadOnlyDictionary<string, ZipRange> ReadEntries(Stream stream)
    {
        var (count, offset, length) = FindDirectory(stream);
        if (count > MaxEntries || length is < 0 or > MaxDirectoryBytes || offset < 0 || offset > stream.Length - length)
        {
            throw new InvalidWeightsException("The zip file's directory is too large or lies outside the file.");
        }

        var directory = ReadAt(stream, offset, (int)length);
        var entries = new Dictionary<string, ZipRange>(StringComparer.OrdinalIgnoreCase);
        var position = 0;
        for (long index = 0; index < count; index++)
        {
            var entry = ParseEntry(directory.AsSpan(position), out var entryLength);
            position += entryLength;
            var range = Locate(stream, entry, dataEnd: offset);
            if (!entries.TryAdd(entry.Name, range))
            {
                throw new InvalidWeightsException($"The zip file has two entries '{entry.Name}'.");
            }
        }

        if (position != directory.Length)
        {
            throw new InvalidWeightsException("The zip file's directory has a different length than it says.");
        }

        CheckOverlaps(entries);
        return entries;
    }

    // Written by torch.save: no comment, so the end record is the last thing in the file.
    private static (long Count, long Offset, long Length) FindDirectory(Stream stream)
    {
        var end = ReadAt(stream, stream.Length - EndLength, EndLength);
        Expect(end, 0x06054B50, "the end of the zip file is missing");
        long count = U16(end, 10), length = U32(end, 12), offset = U32(end, 16);
        if (U16(end, 4) != 0 || U16(end, 6) != 0 || U16(end, 20) != 0)
        {
            throw new InvalidWeightsException("The zip file has several parts or a comment.");
        }

        if (count != 0xFFFF && length != 0xFFFFFFFF && offset != 0xFFFFFFFF)
        {
            return (count, offset, length);
        }

        var locator = ReadAt(stream, stream.Length - EndLength - Zip64LocatorLength, Zip64LocatorLength);
        Expect(locator, 0x07064B50, "the zip file's large directory is missing");
        var record = ReadAt(stream, I64(locator, 8), Zip64EndLength);
        Expect(record, 0x06064B50, "the zip file's large directory is missing");
        return (I64(record, 32), I64(record, 48), I64(record, 40));
    }

    private static DirectoryEntry ParseEntry(ReadOnlySpan<byte> bytes, out int length)
    {
        if (bytes.Length < DirectoryEntryLength)
        {
            throw new InvalidWeightsException("The zip file's directory is cut off.");
        }

        Expect(bytes, 0x02014B50, "the zip file's directory is damaged");
        int nameLength = U16(bytes, 28), extraLength = U16(bytes, 30), commentLength = U16(bytes, 32);
        length = DirectoryEntryLength + nameLength + extraLength + commentLength;
        if (length > bytes.Length || nameLength is 0 or > MaxNameBytes)
        {
            throw new InvalidWeightsException("The zip file's directory is cut off.");
        }

        var name = CheckedName(bytes.Slice(DirectoryEntryLength, nameLength));
        const int encrypted = 1;
        if (U16(bytes, 10) != 0 || (U16(bytes, 8) & encrypted) != 0 || U16(bytes, 34) != 0)
        {
            throw new InvalidWeightsException($"The zip entry '{name}' is compressed, encrypted or elsewhere.");
        }

        long compressed = U32(bytes, 20), size = U32(bytes, 24), offset = U32(bytes, 42);
        ReadLargeNumbers(bytes.Slice(DirectoryEntryLength + nameLength, extraLength), ref size, ref compressed, ref offset);
        return compressed == size && size >= 0 && offset >= 0
            ? new DirectoryEntry(name, size, offset)
            : throw new InvalidWeightsException($"The zip entry '{name}' has impossible sizes.");
    }

    private static string CheckedName(ReadOnlySpan<byte> bytes)
    {
        var isPlain = bytes.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0 && bytes.IndexOfAny((byte)'\\', (byte)':') < 0;
        var name = Encoding.ASCII.GetString(bytes);
        return isPlain && !name.Split('/').Any(part => part is "" or "." or "..")
            ? name
            : throw new InvalidWeightsException("A zip entry's name is not a plain relative path.");
    }

    // Zip64: numbers that do not fit 32 bits are all ones and follow, in this order, in extra field 1.
    private static void ReadLargeNumbers(ReadOnlySpan<byte> extra, ref long size, ref long compressed, ref long offset)
    {
        while (extra.Length >= 4)
        {
            int id = U16(extra, 0), length = U16(extra, 2);
            if (length > extra.Length - 4)
            {
                break;
            }

            if (id == 1)
            {
                var field = extra.Slice(4, length);
                Take(ref field, ref size);
                Take(ref field, ref compressed);
                Take(ref field, ref offset);
                return;
            }

            extra = extra[(4 + length)..];
        }

        static void Take(ref ReadOnlySpan<byte> field, ref long number)
        {
            if (number == 0xFFFFFFFF && field.Length >= 8)
            {
                number = I64(field, 0);
                field = field[8..];
            }
        }
    }

    private static ZipRange Locate(Stream stream, DirectoryEntry entry, long dataEnd)
    {
        var header = ReadAt(stream, entry.Offset, LocalHeaderLength);
        Expect(header, 0x04034B50, $"the zip entry '{entry.Name}' is missing");
        var start = entry.Offset + LocalHeaderLength + U16(header, 26) + U16(header, 28);
        if (start > dataEnd || entry.Size > dataEnd - start)
        {
            throw new InvalidWeightsException($"The zip entry '{entry.Name}' reaches outside the file.");
        }

        var nameIsSame = ReadAt(stream, entry.Offset + LocalHeaderLength, U16(header, 26))
            .AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(entry.Name));
        return nameIsSame && U16(header, 8) == 0
            ? new ZipRange(start, entry.Size)
            : throw new InvalidWeightsException($"The zip entry '{entry.Name}' does not match the directory.");
    }

    private static void CheckOverlaps(Dictionary<string, ZipRange> entries)
    {
        var end = 0L;
        foreach (var (name, range) in entries.OrderBy(entry => entry.Value.Offset))
        {
            if (range.Offset < end)
            {
                throw new InvalidWeightsException($"The zip entry '{name}' overlaps another.");
            }

            end = range.Offset + range.Length;
        }
    }

    private static byte[] ReadAt(Stream stream, long offset, int length)
    {
        if (offset < 0 || offset > stream.Length - length)
        {
            throw new InvalidWeightsException("The zip file is cut off, or an offset in it lies outside.");
        }

        var bytes = new byte[length];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void Expect(ReadOnlySpan<byte> bytes, uint signature, string otherwise)
    {
        if (U32(bytes, 0) != signature)
        {
            throw new InvalidWeightsException($"Not a PyTorch file, or damaged: {otherwise}.");
        }
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static long I64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);

    private sealed record DirectoryEntry(string Name, long Size, long Offset);
}

/// <summary>Where an entry's bytes lie in the file.</summary>
/// <param name="Offset">Where they start.</param>
/// <param name="Length">How many there are.</param>
internal readonly record struct ZipRange(long Offset, long Length);
