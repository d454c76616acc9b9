namespace DandelionMl.Tests.Support;

/// <summary>Reference outputs and photos that lie in a folder <c>shared</c> beside the repository and are not the project's to
/// redistribute. A test that needs one is skipped, saying so, where there is no such folder.</summary>
internal static class SharedFiles
{
    private static readonly string? Root = FindCheckout() is { } checkout ? Path.Combine(checkout.Parent!.FullName, "shared") : null;

    /// <summary>The checkout that the tests run in.</summary>
    public static string Checkout => FindCheckout()?.FullName ?? throw new InvalidOperationException("The tests run outside of a checkout.");

    /// <summary>Whether there is such a file.</summary>
    public static bool Has(string relativePath) => Root is not null && Path.Exists(Path.Combine(Root, relativePath));

    /// <summary>The path of a file; the test is skipped where there is none.</summary>
    public static string Require(string relativePath)
    {
        Assert.SkipUnless(Has(relativePath), $"needs ../shared/{relativePath}");
        return Path.Combine(Root!, relativePath);
    }

    private static DirectoryInfo? FindCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MLOps.sln")))
            {
                return folder;
            }
        }

        return null;
    }
}
