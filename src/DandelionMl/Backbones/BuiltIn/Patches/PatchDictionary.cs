using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DandelionMl.Backbones.BuiltIn.Numerics;

namespace DandelionMl.Backbones.BuiltIn.Patches;

/// <summary>What <see cref="PatchDictionary"/> learned.</summary>
/// <param name="Whitening">Decorrelates patches that are normalised in contrast.</param>
/// <param name="Words">The dictionary: whitened patches, one after the other.</param>
internal sealed record PatchDictionaryWeights(Whitening Whitening, float[] Words);

/// <summary>A dictionary of whitened patches (Coates, Lee and Ng 2011, An Analysis of Single-Layer Networks in Unsupervised
/// Feature Learning): a patch is normalised in contrast, whitened, and activates each word by how much nearer than the average
/// word it is, <c>max(0, mean(d) - d_k)</c>. Pooled over the photo at 48 pixels and its mirror image: the root of the mean, and
/// the maximum.</summary>
internal sealed class PatchDictionary
{
    public const int WordCount = 192;
    public const int WordLength = 48;

    /// <summary>Values of a photo: means, then maxima.</summary>
    public const int Length = 2 * WordCount;

    /// <summary>The level of the pyramid that is looked at.</summary>
    public const int Level = 1;

    // The variance that 10 of 255 squared steps of brightness make, as in the paper.
    private const float ContrastDamping = 10f / (255 * 255);

    private static readonly PatchGrid Grid = new(ImagePyramid.SideOf(Level), Step: 1);

    private readonly Projection _whitening;
    private readonly PackedMatrix _words;
    private readonly float[] _wordSquares = new float[WordCount];

    public PatchDictionary(PatchDictionaryWeights weights)
    {
        _whitening = new Projection(weights.Whitening);
        _words = new PackedMatrix(weights.Words, WordLength, WordCount);
        for (var k = 0; k < WordCount; k++)
        {
            var word = weights.Words.AsSpan(k * WordLength, WordLength);
            _wordSquares[k] = Lanes.Dot(word, word);
        }
    }

    /// <summary>Takes the brightness and the contrast out of a patch.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void NormaliseContrast(Span<float> patch)
    {
        TensorPrimitives.Subtract(patch, Lanes.Sum(patch) / patch.Length, patch);
        var variance = Lanes.Dot(patch, patch) / patch.Length;
        TensorPrimitives.Divide(patch, MathF.Sqrt(variance + ContrastDamping), patch);
    }

    /// <summary>Describes a photo.</summary>
    /// <param name="pyramid">The photo.</param>
    /// <param name="scratch">Memory to work in.</param>
    /// <param name="output">Receives <see cref="Length"/> values.</param>
    public void Describe(ImagePyramid pyramid, Scratch scratch, Span<float> output)
    {
        var means = output[..WordCount];
        var maxima = output[WordCount..Length];
        output[..Length].Clear();
        for (var view = 0; view < ImagePyramid.Views; view++)
        {
            for (var row = 0; row < Grid.PatchesPerSide; row++)
            {
                AddRow(pyramid[view, Level], row, scratch, means, maxima);
            }
        }

        TensorPrimitives.Divide(means, ImagePyramid.Views * Grid.Count, means);
        TensorPrimitives.Sqrt(means, means);
    }

    /// <summary>Adds the activations of a row of patches to their sums and maxima.</summary>
    private void AddRow(ReadOnlySpan<float> image, int row, Scratch scratch, Span<float> sums, Span<float> maxima)
    {
        var count = Grid.PatchesPerSide;
        var patches = scratch.Patches.AsSpan(0, count * PatchGrid.PatchLength);
        Grid.CopyRow(image, row, patches);
        for (var i = 0; i < count; i++)
        {
            NormaliseContrast(patches.Slice(i * PatchGrid.PatchLength, PatchGrid.PatchLength));
        }

        var whitened = scratch.Projected.AsSpan(0, count * WordLength);
        _whitening.Apply(patches, scratch.Products, whitened);
        _words.Multiply(whitened, scratch.Products);
        for (var i = 0; i < count; i++)
        {
            var patch = whitened.Slice(i * WordLength, WordLength);
            Activate(scratch.Products.AsSpan(i * WordCount, WordCount), Lanes.Dot(patch, patch), sums, maxima);
        }
    }

    /// <summary>Adds the activations of one patch, in two passes: its distances to the words, then how much nearer than the average one
    /// each word is.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Activate(Span<float> products, float patchSquare, Span<float> sums, Span<float> maxima)
    {
        var distances = Vectors(products);
        var wordSquares = Vectors(_wordSquares);
        var sum = Vectors(sums);
        var maximum = Vectors(maxima);
        var total = Vector512<float>.Zero;
        for (var k = 0; k < distances.Length; k++)
        {
            var square = distances[k] * -2 + wordSquares[k] + Vector512.Create(patchSquare);
            distances[k] = Vector512.Sqrt(Vector512.MaxNative(square, Vector512<float>.Zero));
            total += distances[k];
        }

        var mean = Vector512.Create(Lanes.Fold(total) / WordCount);
        for (var k = 0; k < distances.Length; k++)
        {
            var activation = Vector512.MaxNative(mean - distances[k], Vector512<float>.Zero);
            sum[k] += activation;
            maximum[k] = Vector512.MaxNative(maximum[k], activation);
        }
    }

    private static Span<Vector512<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector512<float>>(values[..WordCount]);
}
