using DandelionMl.Backbones.Weights;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace DandelionMl.DinoV2;

/// <summary>The DINOv2 vision transformer (Oquab et al. 2023, arXiv:2304.07193; registers: Darcet et al. 2024, arXiv:2309.16588), for
/// inference only: what <see cref="DinoV2Pass"/> runs, layer by layer. Its methods make tensors in the caller's dispose scope.
/// Thread-safe.</summary>
internal sealed class DinoV2Network : IDisposable
{
    private const double Epsilon = 1e-6;
    private const int PatchSize = DinoV2Architecture.PatchSize;

    private readonly TensorStore _store = new();
    private readonly OneDnnOperators? _operators;
    private readonly PositionEmbedding _positions;
    private readonly DenseLayer _patch;
    private readonly Tensor _normWeight;
    private readonly Tensor _normBias;

    private DinoV2Network(
        WeightFile file, DinoV2Names names, DinoV2Architecture architecture, OneDnnOperators? operators, ScalarType type)
    {
        using var scope = NewDisposeScope();
        Architecture = architecture;
        _operators = operators;
        long width = architecture.Width;

        _patch = new DenseLayer(
            Linear.Read(file, [names.Patch], architecture.Width, DinoV2Architecture.PatchLength), _store, operators, type);
        var positions = Linear.ReadTensor(file, names.PositionEmbedding, (1 + ((long)architecture.Grid * architecture.Grid)) * width);
        _positions = new PositionEmbedding(architecture, positions, _store);
        LeadingTokens = _store.Add(ReadLeadingTokens(file, names, positions, architecture), architecture.LeadingTokens, width);

        // The last block's weights are used in two ways, and for one token.
        Blocks = [.. Enumerable.Range(0, architecture.Depth).Select(index => index < architecture.Depth - 1
            ? new DinoV2Block(file, names.Block(index), architecture, _store, operators, type)
            : new DinoV2Block(file, names.Block(index), architecture, _store, operators: null, ScalarType.Float32))];
        _normWeight = _store.Add(Linear.ReadTensor(file, names.Norm + ".weight", width), width);
        _normBias = _store.Add(Linear.ReadTensor(file, names.Norm + ".bias", width), width);
    }

    /// <summary>The network's sizes.</summary>
    public DinoV2Architecture Architecture { get; }

    /// <summary>The blocks in their order.</summary>
    public IReadOnlyList<DinoV2Block> Blocks { get; }

    /// <summary>What comes before the patches in every image: CLS with its position embedding, and the registers, which have none.
    /// </summary>
    public Tensor LeadingTokens { get; }

    /// <summary>Builds the network from its weights.</summary>
    /// <param name="file">The weights, official or Hugging Face's.</param>
    /// <param name="heads">Attention heads; null for width / 64.</param>
    /// <param name="packed">Whether weights are packed for oneDNN where that is to be had.</param>
    /// <param name="precision">What it computes with.</param>
    /// <exception cref="InvalidWeightsException">The weights are not a DINOv2's of size S, B or L.</exception>
    public static DinoV2Network Load(WeightFile file, int? heads = null, bool packed = true, DinoV2Precision precision = DinoV2Precision.Full)
    {
        var names = DinoV2Names.Of(file);
        var architecture = DinoV2Architecture.Read(file, names, heads);
        var type = precision == DinoV2Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        return new DinoV2Network(file, names, architecture, packed ? OneDnnOperators.TryCreate(type) : null, type);
    }

    /// <summary>The tokens of some patches of an image, with their position embeddings.</summary>
    /// <param name="image">The image in CHW order.</param>
    /// <param name="rows">Rows of patches in the image.</param>
    /// <param name="columns">Columns of patches in the image.</param>
    /// <param name="first">The first patch.</param>
    /// <param name="count">How many patches.</param>
    /// <returns>Patches × width.</returns>
    public Tensor EmbedPatches(ReadOnlySpan<float> image, int rows, int columns, int first, int count)
    {
        var patches = empty(count, DinoV2Architecture.PatchLength, dtype: ScalarType.Float32);
        CopyPatches(image, rows, columns, first, TensorStore.Values(patches));
        return _patch.Forward(patches.to(_patch.Type)).to(ScalarType.Float32).add_(_positions.For(rows, columns).narrow(0, first, count));
    }

    /// <summary>The norm after the last block.</summary>
    public Tensor Normalise(Tensor tokens) =>
        nn.functional.layer_norm(tokens, [Architecture.Width], _normWeight, _normBias, Epsilon);

    public void Dispose()
    {
        _store.Dispose();
        _operators?.Dispose();
    }

    private static float[] ReadLeadingTokens(WeightFile file, DinoV2Names names, float[] positions, DinoV2Architecture architecture)
    {
        var cls = Linear.ReadTensor(file, names.ClsToken, architecture.Width);
        TensorPrimitives.Add(cls, positions.AsSpan(0, architecture.Width), cls);
        return architecture.Registers == 0
            ? cls
            : [.. cls, .. Linear.ReadTensor(file, names.RegisterTokens, (long)architecture.Registers * architecture.Width)];
    }

    // A convolution with as large a stride as its kernel is a matrix product over patches laid out one after the other.
    private static void CopyPatches(ReadOnlySpan<float> image, int rows, int columns, int first, Span<float> patches)
    {
        var rowLength = columns * PatchSize;
        var planeLength = rows * PatchSize * rowLength;
        for (var patch = first; !patches.IsEmpty; patch++)
        {
            var (row, column) = Math.DivRem(patch, columns);
            for (var channel = 0; channel < 3; channel++)
            {
                var corner = (channel * planeLength) + (row * PatchSize * rowLength) + (column * PatchSize);
                for (var y = 0; y < PatchSize; y++)
                {
                    image.Slice(corner + (y * rowLength), PatchSize).CopyTo(patches);
                    patches = patches[PatchSize..];
                }
            }
        }
    }
}
