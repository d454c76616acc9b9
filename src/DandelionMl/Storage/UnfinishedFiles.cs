namespace DandelionMl.Storage;

/// <summary>Files that a folder store was writing when its process died.</summary>
/// <param name="folder">Where files are while they are being written.</param>
internal sealed class UnfinishedFiles(string folder)
{
    private const string Kind = "unfinished file";

    private readonly FolderFailures _failures = new(folder);

    /// <exception cref="StorageUnavailableException">The file system does not let it be done.</exception>
    public IEnumerable<Leftover> Find(DateTimeOffset before) => _failures.Try("listing", () =>
    {
        var writing = new DirectoryInfo(folder);
        return !writing.Exists
            ? []
            : writing.EnumerateFiles()
                .Select(file => new Leftover(Kind, file.Name, file.LastWriteTimeUtc))
                .Where(leftover => leftover.Since <= before)
                .OrderBy(leftover => leftover.Name, StringComparer.Ordinal)
                .ToList();
    });

    /// <inheritdoc cref="Find"/>
    public void Remove(Leftover leftover) =>
        _failures.Try($"deleting '{leftover.Name}'", () => File.Delete(Path.Combine(folder, Path.GetFileName(leftover.Name))));
}
