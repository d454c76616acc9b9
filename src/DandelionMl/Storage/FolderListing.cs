namespace DandelionMl.Storage;

/// <summary>Walks a folder in the ordinal order of the keys below it.</summary>
internal static class FolderListing
{
    /// <param name="directory">The folder.</param>
    /// <param name="path">What the keys of its objects begin with: empty, or ending in a slash.</param>
    /// <param name="prefix">What the keys to be listed begin with. It is compared, never made a path of.</param>
    public static IEnumerable<StoredObject> Walk(DirectoryInfo directory, string path, string prefix)
    {
        foreach (var (key, isDirectory) in new FolderFailures(directory.FullName).Try("listing", () => Entries(directory, path, prefix)))
        {
            if (isDirectory)
            {
                foreach (var found in Walk(new DirectoryInfo(Path.Combine(directory.FullName, key[path.Length..^1])), key, prefix))
                {
                    yield return found;
                }
            }
            else if (Find(directory, key, path.Length) is { } found)
            {
                yield return found;
            }
        }
    }

    private static List<(string Key, bool IsDirectory)> Entries(DirectoryInfo directory, string path, string prefix)
    {
        var entries = new List<(string Key, bool IsDirectory)>();
        if (!directory.Exists)
        {
            return entries;
        }

        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            if (!StorageKeys.IsSegment(entry.Name) || entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                continue;
            }

            // The slash is part of what is compared: 'a-b' comes before 'a/b', though 'a' comes before 'a-b'.
            var isDirectory = entry.Attributes.HasFlag(FileAttributes.Directory);
            var key = path + entry.Name + (isDirectory ? "/" : "");
            if (key.StartsWith(prefix, StringComparison.Ordinal) || (isDirectory && prefix.StartsWith(key, StringComparison.Ordinal)))
            {
                entries.Add((key, isDirectory));
            }
        }

        entries.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return entries;
    }

    // An object may be deleted between the listing of its folder and this.
    private static StoredObject? Find(DirectoryInfo directory, string key, int pathLength)
    {
        var file = new FileInfo(Path.Combine(directory.FullName, key[pathLength..]));
        try
        {
            return file.Exists ? new StoredObject(key, file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
