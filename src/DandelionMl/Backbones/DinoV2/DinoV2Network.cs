using DandelionMl.Backbones.Weights;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace DandelionMl.Backbones.DinoV2;

/// <summary>The DINOv2 vision transformer (Oquab et al. 2023, arXiv:2304.07193; registers: Darcet et al. 2024, arXiv:2309.16588), for
/// inference only. Its methods make tensors in the caller's dispose scope. Thread-safe.</summary>
internal sealed class DinoV2Network : IDisposable
{
    private const double Epsilon = 1e-6;
    private const int PatchSize = DinoV2Architecture.PatchSize;

    private readonly TensorStore _store = new();
    private readonly OneDnnOperators? _operators;
    private readonly DinoV2Block[] _blocks;
    private readonly PositionEmbedding _positions;
    private readonly Tensor _patchWeight;
    private readonly Tensor _patchBias;
    private readonly Tensor _leadingTokens;
    private readonly Tensor _normWeight;
    private readonly Tensor _normBias;

    private DinoV2Network(WeightFile file, DinoV2Names names, DinoV2Architecture architecture, OneDnnOperators? operators)
    {
        using var scope = NewDisposeScope();
        Architecture = architecture;
        _operators = operators;
        long width = architecture.Width;

        var patch = Linear.Read(file, [names.Patch], architecture.Width, DinoV2Architecture.PatchLength);
        _patchWeight = _store.Add(patch.Weight, width, DinoV2Architecture.PatchLength);
        _patchBias = _store.Add(patch.Bias, width);

        var positions = Linear.ReadTensor(file, names.PositionEmbedding, (1 + ((long)architecture.Grid * architecture.Grid)) * width);
        _positions = new PositionEmbedding(architecture, positions, _store);
        _leadingTokens = _store.Add(LeadingTokens(file, names, positions, architecture), 1, architecture.LeadingTokens, width);

        _blocks = [.. Enumerable.Range(0, architecture.Depth)
            .Select(index => new DinoV2Block(
                file, names.Block(index), architecture, _store, index < architecture.Depth - 1 ? operators : null))];
        _normWeight = _store.Add(Linear.ReadTensor(file, names.Norm + ".weight", width), width);
        _normBias = _store.Add(Linear.ReadTensor(file, names.Norm + ".bias", width), width);
    }

    /// <summary>The network's sizes.</summary>
    public DinoV2Architecture Architecture { get; }

    /// <summary>Builds the network from its weights.</summary>
    /// <param name="file">The weights, official or Hugging Face's.</param>
    /// <param name="heads">Attention heads; null for width / 64.</param>
    /// <param name="packed">Whether weights are packed for oneDNN where that is to be had.</param>
    /// <exception cref="InvalidWeightsException">The weights are not a DINOv2's of size S, B or L.</exception>
    public static DinoV2Network Load(WeightFile file, int? heads = null, bool packed = true)
    {
        var names = DinoV2Names.Of(file);
        var architecture = DinoV2Architecture.Read(file, names, heads);
        var operators = packed ? OneDnnOperators.TryCreate() : null;
        return new DinoV2Network(file, names, architecture, operators);
    }

    /// <summary>The embeddings: the CLS tokens after the last norm.</summary>
    /// <param name="images">Images in NCHW order.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="height">Their height in pixels, a multiple of 14.</param>
    /// <param name="width">Their width in pixels, a multiple of 14.</param>
    /// <param name="cancellationToken">Cancels between blocks.</param>
    /// <returns>Images × width.</returns>
    public Tensor ForwardCls(ReadOnlySpan<float> images, int count, int height, int width, CancellationToken cancellationToken = default)
    {
        var tokens = Embed(images, count, height, width);
        foreach (var block in _blocks.AsSpan(..^1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            block.Forward(tokens);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Normalise(_blocks[^1].ForwardCls(tokens));
    }

    /// <summary>All tokens after the last norm: CLS, registers, then patches.</summary>
    /// <param name="images">Images in NCHW order.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="height">Their height in pixels, a multiple of 14.</param>
    /// <param name="width">Their width in pixels, a multiple of 14.</param>
    /// <returns>Images × tokens × width.</returns>
    public Tensor ForwardTokens(ReadOnlySpan<float> images, int count, int height, int width)
    {
        var tokens = Embed(images, count, height, width);
        foreach (var block in _blocks)
        {
            using var scope = NewDisposeScope();
            block.Forward(tokens);
        }

        return Normalise(tokens);
    }

    public void Dispose()
    {
        _store.Dispose();
        _operators?.Dispose();
    }

    private static float[] LeadingTokens(WeightFile file, DinoV2Names names, float[] positions, DinoV2Architecture architecture)
    {
        // The CLS token has a position embedding, the registers have none.
        var cls = Linear.ReadTensor(file, names.ClsToken, architecture.Width);
        TensorPrimitives.Add(cls, positions.AsSpan(0, architecture.Width), cls);
        return architecture.Registers == 0
            ? cls
            : [.. cls, .. Linear.ReadTensor(file, names.RegisterTokens, (long)architecture.Registers * architecture.Width)];
    }

    private Tensor Embed(ReadOnlySpan<float> images, int count, int height, int width)
    {
        var (rows, columns) = (height / PatchSize, width / PatchSize);
        var patches = empty((long)count * rows * columns, DinoV2Architecture.PatchLength, dtype: ScalarType.Float32);
        CopyPatches(images, TensorStore.Values(patches), rows, columns);
        var embedded = nn.functional.linear(patches, _patchWeight, _patchBias)
            .view(count, (long)rows * columns, Architecture.Width)
            .add_(_positions.For(rows, columns));
        return cat([_leadingTokens.expand(count, -1, -1), embedded], 1);
    }

    private Tensor Normalise(Tensor tokens) =>
        nn.functional.layer_norm(tokens, [Architecture.Width], _normWeight, _normBias, Epsilon);

    // A convolution with as large a stride as its kernel is a matrix product over patches laid out one after the other.
    private static void CopyPatches(ReadOnlySpan<float> images, Span<float> patches, int rows, int columns)
    {
        var rowLength = columns * PatchSize;
        var planeLength = rows * PatchSize * rowLength;
        for (var lines = 0; lines < images.Length / rowLength; lines++)
        {
            var (plane, y) = Math.DivRem(lines, rows * PatchSize);
            var (image, channel) = Math.DivRem(plane, 3);
            var line = images.Slice((plane * planeLength) + (y * rowLength), rowLength);
            var patch = ((image * rows) + (y / PatchSize)) * columns;
            var place = ((channel * PatchSize) + (y % PatchSize)) * PatchSize;
            for (var column = 0; column < columns; column++)
            {
                line.Slice(column * PatchSize, PatchSize)
                    .CopyTo(patches[(((patch + column) * DinoV2Architecture.PatchLength) + place)..]);
            }
        }
    }
}
