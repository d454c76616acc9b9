using System.Runtime.Versioning;
using DandelionMl.DinoV2.Native;

namespace DandelionMl.DinoV2.Tests.Native;

[UnsupportedOSPlatform("windows")]
public sealed class PatchedLibraryCacheTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dandelionml-tests-").FullName;
    private readonly string _library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");

    public PatchedLibraryCacheTests() => Assert.SkipUnless(File.Exists(_library), "the library for linux-x64 is not here");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Store_first_time_writes_a_private_copy()
    {
        var path = new PatchedLibraryCache(_root).Store(_library);

        Assert.Equal("libLibTorchSharp.so", Path.GetFileName(path));
        Assert.Equal(ElfVersionPatch.Apply(File.ReadAllBytes(_library)), File.ReadAllBytes(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Store_again_keeps_the_file()
    {
        var cache = new PatchedLibraryCache(_root);
        var path = cache.Store(_library);
        var longAgo = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, longAgo);

        Assert.Equal(path, cache.Store(_library));
        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(path));
    }

    [Fact]
    public void Store_over_tampered_file_writes_it_anew()
    {
        var cache = new PatchedLibraryCache(_root);
        var path = cache.Store(_library);
        var expected = File.ReadAllBytes(path);
        using (var stream = File.OpenWrite(path))
        {
            stream.Position = 1000;
            stream.WriteByte(0xEE);
        }

        cache.Store(_library);

        Assert.Equal(expected, File.ReadAllBytes(path));
    }

    [Fact]
    public void Store_over_link_replaces_the_link()
    {
        var cache = new PatchedLibraryCache(_root);
        var path = cache.Store(_library);
        var elsewhere = Path.Combine(_root, "elsewhere.so");
        File.Move(path, elsewhere);
        File.CreateSymbolicLink(path, elsewhere);

        cache.Store(_library);

        Assert.Null(new FileInfo(path).LinkTarget);
    }

    [Fact]
    public void Store_open_folder_is_closed()
    {
        var cache = new PatchedLibraryCache(_root);
        var folder = Path.GetDirectoryName(cache.Store(_library))!;
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite);

        cache.Store(_library);

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }
}
