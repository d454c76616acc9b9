using DandelionMl.Packages.Tests.Support;

namespace DandelionMl.Packages.Tests;

/// <summary>The command's package. It is installed and run as documents say.</summary>
[Collection(PackedFamily.Collection)]
public sealed class ToolTests(PackedFamily family)
{
    private const long MostBytes = 200 * 1024 * 1024;

    [Fact]
    public void Tool_is_packed_without_libtorch() =>
        Assert.InRange(new FileInfo(Path.Combine(family.Feed, $"DandelionMl.Tool.{PackedFamily.Version}.nupkg")).Length, 1, MostBytes);
}
