namespace DandelionMl.Tool.Tests.Documents;

/// <summary>The documents that users read.</summary>
internal static class MarkdownFiles
{
    /// <summary>The README, <c>docs/</c>, and the packages' and samples' READMEs, relative to the checkout's root, in order.</summary>
    public static IEnumerable<string> ForUsers(string root) => new[] { "src", "samples" }
        .SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(root, folder)))
        .Select(folder => Path.Combine(folder, "README.md")).Where(File.Exists)
        .Concat(Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
        .Where(path => !IsBuilt(path))
        .Append("README.md").Order(StringComparer.Ordinal);

    /// <summary>Whether the documentation's site was built into it.</summary>
    private static bool IsBuilt(string path) =>
        path.StartsWith("docs/_site/", StringComparison.Ordinal) || path.StartsWith("docs/api/", StringComparison.Ordinal);
}
