namespace DandelionMl.Tests.Support;

/// <summary>Reference outputs and photos that lie in a folder <c>shared</c> beside the repository and are not the project's to
/// redistribute. A test that needs one is skipped, saying so, where there is no such folder.</summary>
internal static class SharedFiles
{
    private static readonly string? Root = FindRoot();

    public static string Require(string relativePath)
    {
        var path = Root is null ? null : Path.Combine(Root, relativePath);
        Assert.SkipUnless(Path.Exists(path), $"needs ../shared/{relativePath}");
        return path!;
    }

    private static string? FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MLOps.sln")))
            {
                return Path.Combine(folder.Parent!.FullName, "shared");
            }
        }

        return null;
    }
}
