namespace DandelionMl.Onnx.Graphs;

/// <summary>Copies of files of weights in a temporary folder, which disposing removes.</summary>
internal sealed class WeightCopies : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelion-onnx-");

    /// <param name="from">The folder of the files.</param>
    /// <param name="files">The files, relative to it.</param>
    /// <exception cref="IOException">A file can't be copied.</exception>
    public WeightCopies(string from, IReadOnlyList<string> files)
    {
        try
        {
            FileCopy.Run(from, Folder, files);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The temporary folder.</summary>
    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
