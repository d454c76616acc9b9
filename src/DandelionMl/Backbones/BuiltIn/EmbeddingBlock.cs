using DandelionMl.Backbones.BuiltIn.Descriptors;
using DandelionMl.Backbones.BuiltIn.Patches;

namespace DandelionMl.Backbones.BuiltIn;

/// <summary>A stretch of the embedding that holds one descriptor.</summary>
/// <param name="Name">What is described.</param>
/// <param name="Start">Its first value.</param>
/// <param name="Length">Its number of values.</param>
/// <param name="Weight">Its share in the squared length of an embedding, relative to the other blocks.</param>
internal sealed record EmbeddingBlock(string Name, int Start, int Length, double Weight)
{
    /// <summary>The blocks in their order. The weights were chosen coarsely by cross-validation: a half or a quarter of the
    /// Fisher vector's, or a half of those of histogram, patterns, moments and gradients, changed the accuracy by less than its
    /// error. Those of the dictionary were not varied.</summary>
    public static IReadOnlyList<EmbeddingBlock> All { get; } = Lay(
        ("Fisher vector of colour patches", FisherVector.Length, 4),
        ("patch dictionary, means", PatchDictionary.WordCount, 1),
        ("patch dictionary, maxima", PatchDictionary.WordCount, 1),
        ("HSV histogram", HsvHistogram.Length, 1),
        ("local binary patterns", LocalBinaryPatterns.Length, 1),
        ("colour moments", ColourMoments.Length, 0.5),
        ("oriented gradients", OrientedGradients.Length, 0.5));

    /// <summary>Length of an embedding.</summary>
    public static int TotalLength => All[^1].Start + All[^1].Length;

    private static List<EmbeddingBlock> Lay(params (string Name, int Length, double Weight)[] blocks)
    {
        var laid = new List<EmbeddingBlock>();
        foreach (var (name, length, weight) in blocks)
        {
            laid.Add(new EmbeddingBlock(name, laid.Sum(block => block.Length), length, weight));
        }

        return laid;
    }
}
