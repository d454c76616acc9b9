using DandelionMl.Backbones.Weights;

namespace DandelionMl.DinoV2;

/// <summary>The sizes of a DINOv2 network, as read off its weights.</summary>
/// <param name="Width">Length of a token, and of an embedding.</param>
/// <param name="Depth">Number of blocks.</param>
/// <param name="Heads">Attention heads of each block.</param>
/// <param name="Hidden">Width of the MLP's hidden layer.</param>
/// <param name="Registers">Register tokens (Darcet et al. 2024); 0 in the plain networks.</param>
/// <param name="Grid">Patches per side that the position embeddings were trained for.</param>
internal sealed record DinoV2Architecture(int Width, int Depth, int Heads, int Hidden, int Registers, int Grid)
{
    /// <summary>Side of a patch in pixels; the same in every DINOv2.</summary>
    public const int PatchSize = 14;

    /// <summary>Values of a patch.</summary>
    public const int PatchLength = 3 * PatchSize * PatchSize;

    /// <summary>Width of a head in the official networks.</summary>
    public const int OfficialHeadWidth = 64;

    /// <summary>Tokens before the patches': CLS and the registers.</summary>
    public int LeadingTokens => 1 + Registers;

    /// <summary>Reads the sizes off the weights.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="names">What they are called in it.</param>
    /// <param name="heads">Number of heads, which the weights do not tell; null for width / 64.</param>
    /// <exception cref="InvalidWeightsException">They are no DINOv2's, or of a kind that is not implemented.</exception>
    public static DinoV2Architecture Read(WeightFile file, DinoV2Names names, int? heads)
    {
        if (file.Require(names.PatchWeight).Shape is not [var width, 3, PatchSize, PatchSize] || width is < 1 or > 1 << 14)
        {
            throw new InvalidWeightsException($"'{names.PatchWeight}' does not fit a DINOv2 network (patches of 3 × 14 × 14).");
        }

        if (file.Require(names.PositionEmbedding).Shape is not [1, var positions and > 1, _]
            || (int)Math.Sqrt(positions - 1) is var grid && ((long)grid * grid) != positions - 1)
        {
            throw new InvalidWeightsException($"'{names.PositionEmbedding}' is not for a square of patches.");
        }

        var depth = 0;
        while (file.Tensors.ContainsKey(names.Block(depth).Norm1 + ".weight"))
        {
            depth++;
        }

        if (depth == 0 || !file.Tensors.TryGetValue(names.Block(0).Fc1 + ".weight", out var fc1) || fc1.Shape is not [var hidden, _])
        {
            throw new InvalidWeightsException("The weights have no blocks with a plain MLP: sizes S, B and L are supported, not g.");
        }

        var registers = file.Tensors.TryGetValue(names.RegisterTokens, out var tokens) && tokens.Shape is [1, var count, _] ? count : 0;
        var headCount = heads ?? (int)width / OfficialHeadWidth;
        return headCount > 0 && width % headCount == 0
            ? new DinoV2Architecture((int)width, depth, headCount, (int)hidden, (int)registers, grid)
            : throw new InvalidWeightsException($"A width of {width} can't be split into {headCount} heads.");
    }
}
