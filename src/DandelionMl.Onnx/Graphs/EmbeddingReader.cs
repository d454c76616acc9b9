using System.Numerics.Tensors;
using DandelionMl.Imaging;

namespace DandelionMl.Onnx.Graphs;

/// <summary>How an embedding is taken from what a graph gives for one picture: <see cref="Steps"/> vectors of
/// <see cref="Dimensions"/> values, of which one is taken, or of some the mean.</summary>
/// <param name="Dimensions">Length of an embedding.</param>
/// <param name="Steps">Tokens, or places of a feature map; 1 for an output that is the embedding itself.</param>
/// <param name="First">The first of the vectors that are taken.</param>
/// <param name="Count">How many are taken: 1, or as many as the mean is over.</param>
/// <param name="ChannelsFirst">Whether all places of a channel come together, as in a feature map, and not all values of a
/// token.</param>
/// <param name="Description">What is taken, for people to read.</param>
internal sealed record EmbeddingReader(int Dimensions, int Steps, int First, int Count, bool ChannelsFirst, string Description)
{
    // CLS alone; CLS and the token that DeiT distils into; CLS and four registers.
    private static readonly int[] LeadingCounts = [1, 2, 5];

    /// <summary>Values of one picture's output.</summary>
    public int Length => Steps * Dimensions;

    /// <summary>Finds out how an output of a shape is read.</summary>
    /// <param name="shape">The shape of what the graph gave: pictures first.</param>
    /// <param name="preprocessing">Tells the picture's size, and so how many patches there can be.</param>
    /// <param name="meanPool">Whether the mean over patches is asked for.</param>
    /// <exception cref="UnusableGraphException">The shape is no embedding's, or has no CLS token.</exception>
    public static EmbeddingReader For(ReadOnlySpan<long> shape, Preprocessing preprocessing, bool meanPool)
    {
        var sizes = shape[1..].ToArray();
        if (sizes.Any(size => size < 1))
        {
            throw new UnusableGraphException($"The output has the shape [{Shapes.Describe(shape)}], which holds nothing.");
        }

        return sizes switch
        {
            _ when sizes.Count(size => size > 1) <= 1 => Whole(sizes),
            [var tokens, var width] => OfTokens((int)tokens, (int)width, preprocessing, meanPool),
            [var channels, var height, var width] => OfMap((int)channels, checked((int)(height * width)), shape, meanPool),
            _ => throw new UnusableGraphException(
                $"The output has the shape [{Shapes.Describe(shape)}]. An embedding is taken from [n, d], [n, d, 1, 1], [n, tokens, d] or "
                + "[n, d, height, width]."),
        };
    }

    /// <summary>Takes the embedding of one picture.</summary>
    /// <param name="output">What the graph gave for it, <see cref="Length"/> values.</param>
    /// <param name="embedding">Receives <see cref="Dimensions"/> values.</param>
    public void Read(ReadOnlySpan<float> output, Span<float> embedding)
    {
        if (ChannelsFirst)
        {
            for (var channel = 0; channel < Dimensions; channel++)
            {
                embedding[channel] = TensorPrimitives.Sum(output.Slice(channel * Steps, Steps)) / Steps;
            }

            return;
        }

        output.Slice(First * Dimensions, Dimensions).CopyTo(embedding);
        for (var step = First + 1; step < First + Count; step++)
        {
            TensorPrimitives.Add(embedding, output.Slice(step * Dimensions, Dimensions), embedding);
        }

        if (Count > 1)
        {
            TensorPrimitives.Divide(embedding, Count, embedding);
        }
    }

    private static EmbeddingReader Whole(long[] sizes)
    {
        var dimensions = checked((int)sizes.Aggregate(1L, (product, size) => product * size));
        return new EmbeddingReader(dimensions, 1, 0, 1, ChannelsFirst: false, "the output as it is");
    }

    private static EmbeddingReader OfMap(int channels, int places, ReadOnlySpan<long> shape, bool meanPool) => meanPool
        ? new EmbeddingReader(channels, places, 0, places, ChannelsFirst: true, $"the mean over {places} places of the feature map")
        : throw new UnusableGraphException(
            $"The output is a feature map [{Shapes.Describe(shape)}]. Set MeanPool to take the mean over its places, or name another output.");

    private static EmbeddingReader OfTokens(int tokens, int width, Preprocessing preprocessing, bool meanPool)
    {
        var leading = LeadingTokens(tokens, preprocessing);
        if (meanPool)
        {
            var first = leading ?? 0;
            return new EmbeddingReader(
                width, tokens, first, tokens - first, ChannelsFirst: false, $"the mean over {tokens - first} of {tokens} tokens");
        }

        return leading > 0
            ? new EmbeddingReader(width, tokens, 0, 1, ChannelsFirst: false, $"the CLS token, first of {tokens}")
            : throw new UnusableGraphException(
                $"The output has {tokens} tokens of {width} values, "
                + (leading == 0 ? "as many as there are patches: it has no CLS token." : "and it can't be told whether the first is a CLS token.")
                + " Set MeanPool to take the mean over the tokens, or name another output.");
    }

    /// <summary>How many tokens stand before the patches; null where the number of tokens does not tell.</summary>
    private static int? LeadingTokens(int tokens, Preprocessing preprocessing)
    {
        var found = new HashSet<int>();
        for (var side = 1; side <= Math.Min(preprocessing.Width, preprocessing.Height) / 2; side++)
        {
            var leading = tokens - ((preprocessing.Width / side) * (preprocessing.Height / side));
            if (leading == 0 || LeadingCounts.Contains(leading))
            {
                found.Add(leading);
            }
        }

        return found.Count == 1 ? found.Single() : null;
    }
}
