namespace DandelionMl.Tests.Support;

/// <summary>A new, empty folder that is deleted when disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dandelionml-test-").FullName;

    /// <summary>A path in the folder; the folders above it are made.</summary>
    public string Sub(params string[] names)
    {
        var path = System.IO.Path.Combine([Path, .. names]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    public string Write(string relativePath, byte[] bytes)
    {
        var path = Sub(relativePath.Split('/'));
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
