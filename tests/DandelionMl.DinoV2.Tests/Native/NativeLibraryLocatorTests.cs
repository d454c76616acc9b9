using DandelionMl.DinoV2.Native;

namespace DandelionMl.DinoV2.Tests.Native;

public sealed class NativeLibraryLocatorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dandelionml-tests-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("app/TorchSharp.dll", "app/libc10.so")]
    [InlineData("app/TorchSharp.dll", "app/runtimes/linux-x64/native/libc10.so")]
    [InlineData("torchsharp/1.2.3/lib/net8.0/TorchSharp.dll", "torchsharp/1.2.3/runtimes/linux-x64/native/libc10.so")]
    [InlineData("torchsharp/1.2.3/lib/net8.0/TorchSharp.dll", "libtorch-cpu-linux-x64/2.0/runtimes/linux-x64/native/libc10.so")]
    public void Find_layouts_of_dotnet_are_known(string assembly, string library)
    {
        Directory.CreateDirectory(Path.Combine(_root, "libtorch-cpu-linux-x64"));
        var expected = Touch(library);

        var locator = NativeLibraryLocator.ForProcess(Path.Combine(_root, assembly), listedFolders: "", baseFolder: _root);

        Assert.Equal(expected, locator.Find("libc10.so"));
        Assert.Equal(expected, locator.Find("libc*.so"));
        Assert.Null(locator.Find("libtorch.so"));
    }

    [Fact]
    public void Find_folders_that_the_host_lists_come_first()
    {
        Touch("app/libc10.so");
        var expected = Touch("listed/libc10.so");
        var listed = string.Join(Path.PathSeparator, Path.Combine(_root, "missing"), Path.Combine(_root, "listed"));

        var locator = NativeLibraryLocator.ForProcess(Path.Combine(_root, "app", "TorchSharp.dll"), listed, _root);

        Assert.Equal(expected, locator.Find("libc10.so"));
    }

    private string Touch(string relativePath)
    {
        var path = Path.GetFullPath(Path.Combine(_root, relativePath));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        return path;
    }
}
