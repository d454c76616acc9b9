namespace DandelionMl.DinoV2.Native;

/// <summary>
/// Lets TorchSharp's native library load beside a C++ runtime older than GCC 13's.
/// <para>The library is built with GCC 13, so the loader asks libstdc++ for two versions that Debian 12, Ubuntu 22.04 (both without
/// <c>GLIBCXX_3.4.32</c>) or RHEL 9 (without <c>GLIBCXX_3.4.30</c> too) do not have, each for a single symbol:</para>
/// <list type="bullet">
/// <item><c>_ZSt21ios_base_library_initv</c> (3.4.32) starts the iostreams. With an older libstdc++ each object that uses them does
/// that for itself, and nothing ever calls the symbol: it is only named, so that the runtime must be new enough. Its name becomes
/// that of a harmless function without arguments that every C library has, asked for without a version.</item>
/// <item><c>std::condition_variable::wait</c> (3.4.30) is the function of <c>GLIBCXX_3.4.11</c>, only declared <c>noexcept</c> since;
/// every libstdc++ carries the older name as well. The symbol asks for that one.</item>
/// </list>
/// <para>Both version needs are then marked weak, which tells the loader to go on without them. If anything else asks for them, the
/// library is another than the one known to be safe to change, and is refused.</para>
/// </summary>
internal static class ElfVersionPatch
{
    private const uint DynamicSymbols = 11;
    private const uint DynamicTable = 6;
    private const uint SymbolVersions = 0x6FFFFFFF;
    private const uint VersionNeeds = 0x6FFFFFFE;
    private const int SymbolLength = 24;
    private const int WeakFlag = 2;
    private const int GlobalVersion = 1;

    private static ReadOnlySpan<byte> StreamInitialiser => "_ZSt21ios_base_library_initv"u8;

    private static ReadOnlySpan<byte> HarmlessFunction => "sched_yield"u8;

    private static ReadOnlySpan<byte> ConditionWait => "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE"u8;

    /// <summary>What the loader's message names where the patch helps.</summary>
    public static IReadOnlyList<string> VersionsMadeOptional { get; } = ["GLIBCXX_3.4.32", "GLIBCXX_3.4.30"];

    /// <summary>Makes the changed copy of a library.</summary>
    /// <param name="library">The file's bytes; they are not changed.</param>
    /// <exception cref="InvalidDataException">It is damaged, or not the library that this patch is for.</exception>
    public static byte[] Apply(ReadOnlySpan<byte> library)
    {
        var image = new ElfImage(library.ToArray());
        var symbols = image.Section(DynamicSymbols);
        var versions = image.Section(SymbolVersions);
        var names = image.SectionAt(symbols.Link);
        if (versions.Length / 2 != symbols.Length / SymbolLength)
        {
            throw new InvalidDataException("the version table does not belong to the symbol table");
        }

        var needs = ReadVersionNeeds(image, names);

        var newest = FindNeed(image, names, needs, "GLIBCXX_3.4.32"u8)
            ?? throw new InvalidDataException("GLIBCXX_3.4.32 is not asked for");
        var symbol = OnlySymbolOf(image, symbols, versions, newest, names, StreamInitialiser);
        Rename(image, symbols, names, needs, symbol, StreamInitialiser, HarmlessFunction);
        image.SetUInt16(versions.Offset + (2 * symbol), GlobalVersion);
        MarkWeak(image, newest);

        if (FindNeed(image, names, needs, "GLIBCXX_3.4.30"u8) is { } newer
            && FindNeed(image, names, needs, "GLIBCXX_3.4.11"u8) is { } older)
        {
            symbol = OnlySymbolOf(image, symbols, versions, newer, names, ConditionWait);
            image.SetUInt16(versions.Offset + (2 * symbol), older.Index);
            MarkWeak(image, newer);
        }

        return image.Bytes;
    }

    // .gnu.version_r is a list of libraries (Elf64_Verneed), each with a list of versions (Elf64_Vernaux); links are relative.
    private static List<VersionNeed> ReadVersionNeeds(ElfImage image, ElfSection names)
    {
        var section = image.Section(VersionNeeds);
        if (image.SectionAt(section.Link) != names)
        {
            throw new InvalidDataException("symbols and versions have different name tables");
        }

        var needs = new List<VersionNeed>();
        var library = section.Offset;
        while (true)
        {
            var entry = library + image.UInt32(library + 8);
            for (var remaining = image.UInt16(library + 2); remaining > 0; remaining--)
            {
                needs.Add(new VersionNeed(entry, image.UInt32(library + 4), image.UInt32(entry + 8), image.UInt16(entry + 6)));
                if (needs.Count > ushort.MaxValue)
                {
                    throw new InvalidDataException("too many version needs");
                }

                entry += image.UInt32(entry + 12);
            }

            var next = image.UInt32(library + 12);
            if (next == 0)
            {
                return needs;
            }

            library += next;
        }
    }

    private static VersionNeed? FindNeed(ElfImage image, ElfSection names, List<VersionNeed> needs, ReadOnlySpan<byte> version)
    {
        foreach (var need in needs)
        {
            if (image.StringIs(names, need.Name, version) && image.StringIs(names, need.Library, "libstdc++.so.6"u8))
            {
                return need;
            }
        }

        return null;
    }

    private static long OnlySymbolOf(
        ElfImage image, ElfSection symbols, ElfSection versions, VersionNeed need, ElfSection names, ReadOnlySpan<byte> expected)
    {
        long? found = null;
        for (long index = 0; index < versions.Length / 2; index++)
        {
            if (image.UInt16(versions.Offset + (2 * index)) != need.Index)
            {
                continue;
            }

            var symbol = symbols.Offset + (index * SymbolLength);
            var isUndefined = image.UInt16(symbol + 6) == 0;
            if (found is not null || !isUndefined || !image.StringIs(names, image.UInt32(symbol), expected))
            {
                throw new InvalidDataException("another symbol needs the missing version too");
            }

            found = index;
        }

        return found ?? throw new InvalidDataException("no symbol needs the missing version");
    }

    // Names may share bytes (one being the end of another), so nothing else may point into the bytes that are overwritten.
    private static void Rename(
        ElfImage image, ElfSection symbols, ElfSection names, List<VersionNeed> needs, long symbol,
        ReadOnlySpan<byte> oldName, ReadOnlySpan<byte> newName)
    {
        var start = image.UInt32(symbols.Offset + (symbol * SymbolLength));
        var end = start + oldName.Length;
        bool Overlaps(long offset) => offset >= start && offset <= end;

        var isShared = needs.Any(need => Overlaps(need.Name) || Overlaps(need.Library)) || start == 0
            || image.At(names.Offset + start - 1, 1)[0] != 0;
        for (long index = 0; index < symbols.Length / SymbolLength; index++)
        {
            isShared |= index != symbol && Overlaps(image.UInt32(symbols.Offset + (index * SymbolLength)));
        }

        // Needed libraries, the SONAME and search paths are names of the same table; other entries' values can only refuse too much.
        var dynamic = image.Section(DynamicTable);
        for (var entry = dynamic.Offset; entry + 16 <= dynamic.Offset + dynamic.Length; entry += 16)
        {
            isShared |= image.Int64(entry) is 1 or 14 or 15 or 29 && Overlaps(image.Int64(entry + 8));
        }

        if (isShared)
        {
            throw new InvalidDataException("the symbol's name is part of another name");
        }

        var place = image.At(names.Offset + start, oldName.Length);
        place.Clear();
        newName.CopyTo(place);
    }

    private static void MarkWeak(ElfImage image, VersionNeed need) =>
        image.SetUInt16(need.Offset + 4, image.UInt16(need.Offset + 4) | WeakFlag);

    /// <summary>One needed version.</summary>
    /// <param name="Offset">Where its entry starts in the file.</param>
    /// <param name="Library">Offset of the library's name.</param>
    /// <param name="Name">Offset of the version's name.</param>
    /// <param name="Index">What symbols refer to it by.</param>
    private sealed record VersionNeed(long Offset, uint Library, uint Name, ushort Index);
}
