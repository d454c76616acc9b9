namespace DandelionMl.Tests.Support;

/// <summary>The repository that the tests were built in.</summary>
internal static class RepositoryFiles
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = FindRoot() ?? throw new InvalidOperationException("The tests lie in no repository.");

    private static string? FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MLOps.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
