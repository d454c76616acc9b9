using System.Reflection;

namespace DandelionMl.Tool.Tests.Support;

/// <summary>The checkout that the tests were built from. Told by the build: in a deterministic one, compiled-in paths of sources are no
/// real ones.</summary>
internal static class Checkout
{
    public static string Path { get; } = System.IO.Path.GetFullPath(
        typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Checkout").Value!);
}
