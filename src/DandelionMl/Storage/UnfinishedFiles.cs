namespace DandelionMl.Storage;

/// <summary>Files that a folder store was writing when its process died.</summary>
/// <param name="folder">Where files are while they are being written.</param>
internal sealed class UnfinishedFiles(string folder)
{
    private const string Kind = "unfinished file";

    public IEnumerable<Leftover> Find(DateTimeOffset before)
    {
        var writing = new DirectoryInfo(folder);
        return !writing.Exists
            ? []
            : writing.EnumerateFiles()
                .Select(file => new Leftover(Kind, file.Name, file.LastWriteTimeUtc))
                .Where(leftover => leftover.Since <= before)
                .OrderBy(leftover => leftover.Name, StringComparer.Ordinal);
    }

    public void Remove(Leftover leftover) => File.Delete(Path.Combine(folder, Path.GetFileName(leftover.Name)));
}
