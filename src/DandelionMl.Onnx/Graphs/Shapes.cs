namespace DandelionMl.Onnx.Graphs;

/// <summary>Shapes of tensors as people read them.</summary>
internal static class Shapes
{
    /// <summary>The dimensions, a free one as n.</summary>
    public static string Describe(IEnumerable<int> dimensions) => string.Join(", ", dimensions.Select(size => size < 0 ? "n" : $"{size}"));

    /// <inheritdoc cref="Describe(IEnumerable{int})"/>
    public static string Describe(ReadOnlySpan<long> dimensions) => string.Join(", ", dimensions.ToArray());
}
