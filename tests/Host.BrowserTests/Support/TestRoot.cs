using System.Runtime.CompilerServices;

namespace DandelionMl.Host.BrowserTests.Support;

/// <summary>Places in the checkout.</summary>
internal static class TestRoot
{
    /// <summary>Where screenshots go: build output.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Checkout(), "artifacts", "screenshots")).FullName;

    private static string Checkout([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
