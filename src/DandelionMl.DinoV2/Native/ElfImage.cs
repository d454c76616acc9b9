using System.Buffers.Binary;

namespace DandelionMl.DinoV2.Native;

/// <summary>The bytes of a 64-bit little-endian x86-64 ELF file, with the few look-ups that <see cref="ElfVersionPatch"/> needs. Every
/// access is checked against the file's length; the layout is that of the System V ABI and the LSB's symbol versioning.</summary>
internal sealed class ElfImage
{
    private const int HeaderLength = 64;
    private const int SectionHeaderLength = 64;

    public ElfImage(byte[] bytes)
    {
        Bytes = bytes;
        var isSupported = bytes.Length >= HeaderLength
            && bytes.AsSpan(0, 6).SequenceEqual<byte>([0x7F, (byte)'E', (byte)'L', (byte)'F', 2 /* 64-bit */, 1 /* little-endian */])
            && UInt16(18) == 62 /* x86-64 */
            && UInt16(58) == SectionHeaderLength;
        if (!isSupported)
        {
            throw new InvalidDataException("not a 64-bit x86-64 ELF file with section headers");
        }
    }

    public byte[] Bytes { get; }

    public ushort UInt16(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(At(offset, 2));

    public uint UInt32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(At(offset, 4));

    public void SetUInt16(long offset, int value) => BinaryPrimitives.WriteUInt16LittleEndian(At(offset, 2), (ushort)value);

    /// <summary>The bytes of a part of the file, writable in place.</summary>
    public Span<byte> At(long offset, long length) =>
        offset >= 0 && length >= 0 && offset <= Bytes.Length && length <= Bytes.Length - offset
            ? Bytes.AsSpan((int)offset, (int)length)
            : throw new InvalidDataException($"offset {offset} with length {length} lies outside the file");

    /// <summary>The only section of a type (<c>sh_type</c>).</summary>
    public ElfSection Section(uint type)
    {
        ElfSection? found = null;
        for (var index = 0; index < UInt16(60); index++)
        {
            var section = SectionAt(index);
            if (section.Type == type)
            {
                found = found is null ? section : throw new InvalidDataException($"two sections of type 0x{type:x}");
            }
        }

        return found ?? throw new InvalidDataException($"no section of type 0x{type:x}");
    }

    public ElfSection SectionAt(int index)
    {
        var start = Int64(40) + ((long)index * SectionHeaderLength);
        At(start, SectionHeaderLength);
        var section = new ElfSection(UInt32(start + 4), Int64(start + 24), Int64(start + 32), (int)UInt32(start + 40));
        const uint noBits = 8;
        if (section.Type != noBits)
        {
            At(section.Offset, section.Length);
        }

        return section;
    }

    public long Int64(long offset) => BinaryPrimitives.ReadInt64LittleEndian(At(offset, 8));

    /// <summary>Whether the zero-terminated string at an offset of a string table is <paramref name="text"/>.</summary>
    public bool StringIs(ElfSection table, uint offset, ReadOnlySpan<byte> text) =>
        offset + text.Length < table.Length
        && At(table.Offset + offset, text.Length).SequenceEqual(text)
        && At(table.Offset + offset + text.Length, 1)[0] == 0;
}

/// <summary>One section of an ELF file.</summary>
/// <param name="Type">What it holds.</param>
/// <param name="Offset">Where it starts in the file.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Link">The index of the section that it refers to.</param>
internal sealed record ElfSection(uint Type, long Offset, long Length, int Link);
