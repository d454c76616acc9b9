using System.Reflection;

namespace DandelionMl.Packages.Tests.Support;

/// <summary>The checkout that these tests were built in.</summary>
internal static class Checkout
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Metadata("Checkout");

    /// <summary>A folder in it that git ignores, for builds of its own.</summary>
    public static string Scratch { get; } = Metadata("Scratch");

    public static string PathOf(string relativePath) => Path.Combine(Root, relativePath);

    private static string Metadata(string key) => typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == key).Value!;
}
