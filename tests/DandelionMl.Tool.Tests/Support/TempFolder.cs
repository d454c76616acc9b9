namespace DandelionMl.Tool.Tests.Support;

/// <summary>A temporary folder, removed at the end.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelion-host-test-");

    public string Path => _folder.FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A key that a host was making when it ended came in between.
            _folder.Delete(recursive: true);
        }
    }
}
