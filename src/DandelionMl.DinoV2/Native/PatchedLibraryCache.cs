using System.Runtime.Versioning;
using System.Security.Cryptography;
using DandelionMl.Backbones;

namespace DandelionMl.DinoV2.Native;

/// <summary>Keeps the patched copy of a library in the user's cache, under the original's hash. A file found there is used only if its
/// bytes are exactly those that the patch gives; the folder is the user's alone.</summary>
/// <param name="root">The cache's folder.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class PatchedLibraryCache(string root)
{
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The folder of the current user: <c>$XDG_CACHE_HOME</c> or <c>~/.cache</c>, then <c>dandelionml/native</c>.</summary>
    public static string DefaultRoot => Path.Combine(UserCache.Root, "native");

    /// <summary>Writes the copy, unless it is there already.</summary>
    /// <param name="originalPath">The library as installed.</param>
    /// <returns>The copy's full path; its file name is the original's.</returns>
    /// <exception cref="IOException">The cache can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder belongs to somebody else.</exception>
    /// <exception cref="InvalidDataException">The library is not one that can be patched.</exception>
    public string Store(string originalPath)
    {
        var original = File.ReadAllBytes(originalPath);
        var patched = ElfVersionPatch.Apply(original);

        var folder = Path.Combine(root, Convert.ToHexStringLower(SHA256.HashData(original)));
        Directory.CreateDirectory(folder, PrivateFolder);
        // Only the owner may set a mode: this refuses a folder that somebody else has put here, and closes one left open.
        File.SetUnixFileMode(folder, PrivateFolder);

        var path = Path.Combine(folder, Path.GetFileName(originalPath));
        if (!IsIntact(path, patched))
        {
            Write(path, patched);
        }

        return path;
    }

    private static bool IsIntact(string path, byte[] expected)
    {
        var file = new FileInfo(path);
        const UnixFileMode others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        return file.Exists
            && file.LinkTarget is null
            && file.Length == expected.Length
            && (file.UnixFileMode & others) == 0
            && File.ReadAllBytes(path).AsSpan().SequenceEqual(expected);
    }

    private static void Write(string path, byte[] bytes)
    {
        // Processes that start together each write their own file; the last rename wins, with the same bytes.
        var aside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = PrivateFile,
            };
            using (var stream = new FileStream(aside, options))
            {
                stream.Write(bytes);
            }

            File.Move(aside, path, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }
}
