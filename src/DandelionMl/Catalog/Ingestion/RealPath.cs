namespace DandelionMl.Catalog.Ingestion;

/// <summary>Where a path leads when all links in it are followed.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <param name="path">A path; what is not there stays as it is.</param>
    public static string Of(string path)
    {
        var links = 0;
        return Of(Path.GetFullPath(path), ref links);
    }

    /// <summary>Whether a path is a folder, or lies in it, once all links are followed.</summary>
    public static bool IsWithin(string path, string folder)
    {
        var (inner, outer) = (Of(path), Path.TrimEndingDirectorySeparator(Of(folder)));
        var comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return inner.Equals(outer, comparison) || inner.StartsWith(
            Path.EndsInDirectorySeparator(outer) ? outer : outer + Path.DirectorySeparatorChar, comparison);
    }

    private static string Of(string full, ref int links)
    {
        var current = Path.GetPathRoot(full)!;
        foreach (var name in full[current.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(current, name);
            current = new FileInfo(next).LinkTarget is { } target && links++ < MaxLinks
                ? Of(Path.GetFullPath(target, current), ref links)
                : next;
        }

        return current;
    }
}
