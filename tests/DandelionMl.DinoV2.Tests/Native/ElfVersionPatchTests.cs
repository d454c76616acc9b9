using CsCheck;
using DandelionMl.DinoV2.Native;

namespace DandelionMl.DinoV2.Tests.Native;

public class ElfVersionPatchTests
{
    [Fact]
    public void Apply_torchsharp_library_changes_a_few_bytes_only()
    {
        var original = TorchSharpLibrary();

        var patched = ElfVersionPatch.Apply(original);

        Assert.Equal(original.Length, patched.Length);
        // The name (28), two weak flags, two symbol versions.
        var changed = original.Zip(patched, (a, b) => a != b).Count(differs => differs);
        Assert.InRange(changed, 4, 28 + 4);
        Assert.Equal(-1, original.AsSpan().IndexOf("\0sched_yield\0"u8));
        Assert.NotEqual(-1, patched.AsSpan().IndexOf("\0sched_yield\0"u8));
    }

    [Fact]
    public void Apply_patched_library_is_refused() =>
        Assert.Throws<InvalidDataException>(() => ElfVersionPatch.Apply(ElfVersionPatch.Apply(TorchSharpLibrary())));

    [Fact]
    public void Apply_truncated_library_is_refused()
    {
        var library = TorchSharpLibrary();
        Gen.Int[0, library.Length - 1].Sample(
            length => Assert.Throws<InvalidDataException>(() => ElfVersionPatch.Apply(library.AsSpan(0, length))),
            iter: 20, threads: 1, seed: "0000KOIXMXGz");
    }

    [Fact]
    public void Apply_no_library_is_refused() => Assert.Throws<InvalidDataException>(() => ElfVersionPatch.Apply([]));

    [Fact]
    public void Apply_mutated_tables_patches_or_refuses()
    {
        var library = TorchSharpLibrary();
        // File header, section headers, and the start of the version needs.
        var sectionHeaders = (int)BitConverter.ToInt64(library, 40);
        var needs = new ElfImage(library).Section(type: 0x6FFFFFFE);
        var places = Gen.OneOf(
            Gen.Int[0, 63],
            Gen.Int[sectionHeaders, library.Length - 1],
            Gen.Int[(int)needs.Offset, (int)(needs.Offset + needs.Length - 1)]);
        Gen.Select(places, Gen.Byte).Array[1, 4].Sample(
            edits =>
            {
                var mutated = library.ToArray();
                foreach (var (place, value) in edits)
                {
                    mutated[place] = value;
                }

                try
                {
                    return ElfVersionPatch.Apply(mutated).Length == library.Length;
                }
                catch (InvalidDataException)
                {
                    return true;
                }
            },
            iter: 200, threads: 1, seed: "0000KOIXMXGz");
    }

    private static byte[] TorchSharpLibrary()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        Assert.SkipUnless(File.Exists(path), "the library for linux-x64 is not here");
        return File.ReadAllBytes(path);
    }
}
