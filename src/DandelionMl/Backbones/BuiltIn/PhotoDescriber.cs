using DandelionMl.Backbones.BuiltIn.Descriptors;
using DandelionMl.Backbones.BuiltIn.Patches;

namespace DandelionMl.Backbones.BuiltIn;

/// <summary>Describes photos by all descriptors, before standardisation; immutable and thread-safe.</summary>
internal sealed class PhotoDescriber(PatchDictionary dictionary, FisherVector fisher)
{
    /// <summary>Describes a photo.</summary>
    /// <param name="image">Red, green and blue plane of 96×96 pixels, values from 0 to 1.</param>
    /// <param name="workspace">Memory to work in, of one thread at a time.</param>
    /// <param name="output">Receives <see cref="EmbeddingBlock.TotalLength"/> values, block by block.</param>
    public void Describe(ReadOnlySpan<float> image, Workspace workspace, Span<float> output)
    {
        const int Side = ImagePyramid.Side;
        workspace.Pyramid.Fill(image);
        workspace.Colours.Fill(image);

        var rest = output;
        fisher.Describe(workspace.Pyramid, workspace.Scratch, Take(ref rest, FisherVector.Length));
        dictionary.Describe(workspace.Pyramid, workspace.Scratch, Take(ref rest, PatchDictionary.Length));
        HsvHistogram.Describe(workspace.Colours, Take(ref rest, HsvHistogram.Length));
        LocalBinaryPatterns.Describe(workspace.Colours, Side, Take(ref rest, LocalBinaryPatterns.Length));
        ColourMoments.Describe(workspace.Colours, Side, Take(ref rest, ColourMoments.Length));
        OrientedGradients.Describe(image, Side, Take(ref rest, OrientedGradients.Length));
    }

    private static Span<float> Take(ref Span<float> rest, int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    /// <summary>Memory for one photo.</summary>
    internal sealed class Workspace
    {
        public ImagePyramid Pyramid { get; } = new();

        public ColourPlanes Colours { get; } = new(ImagePyramid.Side * ImagePyramid.Side);

        public Scratch Scratch { get; } = new();
    }
}
