using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace DandelionMl.DinoV2;

/// <summary>The position embeddings for inputs of any size: those of the training grid, interpolated (bicubic) as the official
/// <c>interpolate_pos_encoding</c> does. Kept for each size once made.</summary>
internal sealed class PositionEmbedding
{
    // The official networks without registers were trained with this added to the grid's size; it shifts the result slightly.
    private const double Offset = 0.1;

    private readonly DinoV2Architecture _architecture;
    private readonly TensorStore _store;
    private readonly Tensor _trained;
    private readonly ConcurrentDictionary<(int Rows, int Columns), Lazy<Tensor>> _bySize = new();

    /// <summary>Takes the trained embeddings.</summary>
    /// <param name="architecture">The network's sizes.</param>
    /// <param name="trained">Embedding of CLS, then those of the grid, row by row.</param>
    /// <param name="store">Owns the tensors.</param>
    public PositionEmbedding(DinoV2Architecture architecture, ReadOnlySpan<float> trained, TensorStore store)
    {
        _architecture = architecture;
        _store = store;
        _trained = store.Add(trained[architecture.Width..], (long)architecture.Grid * architecture.Grid, architecture.Width);
    }

    /// <summary>The embeddings of the patches of an input.</summary>
    /// <param name="rows">Rows of patches.</param>
    /// <param name="columns">Columns of patches.</param>
    /// <returns>(rows · columns) × width; not the caller's to dispose.</returns>
    public Tensor For(int rows, int columns) => rows == _architecture.Grid && columns == _architecture.Grid
        ? _trained
        : _bySize.GetOrAdd((rows, columns), size => new Lazy<Tensor>(() => Interpolate(size.Rows, size.Columns))).Value;

    private Tensor Interpolate(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var (grid, width) = (_architecture.Grid, _architecture.Width);
        var square = _trained.view(1, grid, grid, width).permute(0, 3, 1, 2);
        // The networks with registers name the size and antialias; the others give a factor, which is used as it is.
        var resized = _architecture.Registers > 0
            ? nn.functional.interpolate(
                square, size: [rows, columns], mode: InterpolationMode.Bicubic, align_corners: false, antialias: true)
            : nn.functional.interpolate(
                square, scale_factor: [(rows + Offset) / grid, (columns + Offset) / grid],
                mode: InterpolationMode.Bicubic, align_corners: false);
        return _store.Keep(resized.permute(0, 2, 3, 1).reshape((long)rows * columns, width).contiguous());
    }
}
