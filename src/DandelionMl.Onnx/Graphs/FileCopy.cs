namespace DandelionMl.Onnx.Graphs;

/// <summary>Copies files, which may be links and read-only, to files that are neither: a read-only one could not be removed everywhere.</summary>
internal static class FileCopy
{
    /// <summary>Copies some files of a folder into another, which is made.</summary>
    /// <param name="from">The folder of the files.</param>
    /// <param name="to">The other folder.</param>
    /// <param name="files">The files, relative to both.</param>
    public static void Run(string from, string to, IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var copy = Path.Combine(to, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            Run(Path.Combine(from, file), copy);
        }
    }

    /// <summary>Copies a file; one that is there is replaced.</summary>
    public static void Run(string from, string to)
    {
        File.Copy(from, to, overwrite: true);
        File.SetAttributes(to, FileAttributes.Normal);
    }
}
