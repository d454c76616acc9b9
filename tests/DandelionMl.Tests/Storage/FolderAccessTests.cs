using System.Runtime.InteropServices;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Storage;

/// <summary>A folder that the process may not read.</summary>
public sealed class FolderAccessTests : IDisposable
{
    private const uint Nobody = 65_534;

    private readonly TemporaryFolder _folder = new();
    private readonly DirectoryInfo _closed;

    public FolderAccessTests()
    {
        // Its owner may not, and the folders above it anybody may pass.
        _folder.Write("closed/a.jpg", [1]);
        _closed = new DirectoryInfo(Path.Combine(_folder.Path, "closed"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                _folder.Path,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            File.SetUnixFileMode(_closed.FullName, UnixFileMode.None);
        }
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_closed.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _folder.Dispose();
    }

    [Fact]
    public void Walk_folder_that_may_not_be_read_is_told_as_the_stores_failure() =>
        Refuse("listing failed", () => _ = FolderListing.Walk(_closed, "", "").Count());

    [Fact]
    public void Find_unfinished_files_that_may_not_be_read_are_told_as_the_stores_failure() =>
        Refuse("listing failed", () => _ = new UnfinishedFiles(_closed.FullName).Find(DateTimeOffset.MaxValue).Count());

    [Fact]
    public void Remove_unfinished_file_that_may_not_be_deleted_is_told_as_the_stores_failure() =>
        Refuse("deleting 'a.jpg' failed", () => new UnfinishedFiles(_closed.FullName).Remove(new Leftover("unfinished file", "a.jpg", default)));

    private static void Refuse(string part, Action work)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Permissions are tried on Linux alone.");
        Exception? failure = null;

        // No permission binds root; so a thread of its own, which is then nobody's to the file system.
        var thread = new Thread(() =>
        {
            _ = SetFileSystemUser(Nobody);
            failure = Record.Exception(work);
        });
        thread.Start();
        thread.Join();

        Assert.Contains(part, Assert.IsType<StorageUnavailableException>(failure).Message, StringComparison.Ordinal);
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetFileSystemUser(uint user);
}
