using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.BrowserTests.Support;

/// <summary>Places in the checkout.</summary>
internal static class TestRoot
{
    /// <summary>Where screenshots go: build output.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Checkout.Path, "artifacts", "screenshots")).FullName;
}
