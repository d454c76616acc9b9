namespace DandelionMl.Catalog.Ingestion;

/// <summary>A file of a folder, or why it, or a folder in its place, can't be taken.</summary>
internal readonly record struct FolderFile(string Path, string? Failure = null);

/// <summary>Lists folders as every command does: hidden files are left out, links are followed, and what can't be read is listed with the
/// reason, while the rest is taken.</summary>
internal static class FolderWalk
{
    private static readonly EnumerationOptions Visible = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = false,
    };

    /// <summary>The files at any depth, in ordinal order of their paths.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="above">The folder that it is listed in, if it is part of a larger one.</param>
    public static List<FolderFile> Files(string folder, string? above = null)
    {
        var files = new List<FolderFile>();
        Enter(folder, RealPath.Of(folder), above is null ? [] : [RealPath.Of(above)], files);
        files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        return files;
    }

    /// <summary>What lies in a folder itself, in ordinal order.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="failures">Takes what can't be taken.</param>
    public static (List<string> Folders, List<string> Files) Children(string folder, List<FolderFile> failures)
    {
        var (folders, files) = (new List<string>(), new List<string>());
        foreach (var path in List(folder, failures).Order(StringComparer.Ordinal))
        {
            if (Directory.Exists(path))
            {
                folders.Add(path);
            }
            else if (LocalFile.Find(path) is not { } file)
            {
                failures.Add(new FolderFile(path, WhyAbsent(path)));
            }
            else if (file.Length == 0)
            {
                failures.Add(new FolderFile(path, LocalFile.NoContent));
            }
            else
            {
                files.Add(path);
            }
        }

        return (folders, files);
    }

    private static void Enter(string folder, string real, List<string> above, List<FolderFile> files)
    {
        if (above.Contains(real))
        {
            files.Add(new FolderFile(folder, "The link leads back to a folder that it is in."));
            return;
        }

        var children = Children(folder, files);
        files.AddRange(children.Files.Select(file => new FolderFile(file)));
        above.Add(real);
        foreach (var child in children.Folders)
        {
            Enter(child, IsLink(child) ? RealPath.Of(child) : Path.Combine(real, Path.GetFileName(child)), above, files);
        }

        above.RemoveAt(above.Count - 1);
    }

    private static List<string> List(string folder, List<FolderFile> failures)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder, "*", Visible)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            failures.Add(new FolderFile(folder, exception.Message));
            return [];
        }
    }

    private static string WhyAbsent(string path) => path.Contains('\uFFFD', StringComparison.Ordinal)
        ? "Its name is not UTF-8, so it can't be opened: rename it."
        : IsLink(path)
        ? $"The link leads to '{new FileInfo(path).LinkTarget}', which was not found."
        : "It was not found.";

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
