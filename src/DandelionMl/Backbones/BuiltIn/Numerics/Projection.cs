namespace DandelionMl.Backbones.BuiltIn.Numerics;

/// <summary>A <see cref="Whitening"/> made ready for use.</summary>
internal sealed class Projection
{
    private readonly PackedMatrix _components;
    private readonly float[] _projectedMean;

    public Projection(Whitening whitening)
    {
        _components = new PackedMatrix(whitening.Components, whitening.InputLength, whitening.OutputLength);
        _projectedMean = new float[_components.Stride];
        _components.Multiply(whitening.Mean, _projectedMean);
    }

    /// <summary>Values in.</summary>
    public int InputLength => _components.RowCount;

    /// <summary>Values out.</summary>
    public int OutputLength => _components.ColumnCount;

    /// <summary>Projects rows.</summary>
    /// <param name="rows">n × <see cref="InputLength"/> values.</param>
    /// <param name="scratch">At least n × <see cref="Stride"/> values, overwritten.</param>
    /// <param name="projected">Receives n × <see cref="OutputLength"/> values.</param>
    public void Apply(ReadOnlySpan<float> rows, Span<float> scratch, Span<float> projected)
    {
        _components.Multiply(rows, scratch);
        for (var i = 0; i < rows.Length / InputLength; i++)
        {
            ShortRows.Subtract(
                scratch.Slice(i * Stride, OutputLength),
                _projectedMean.AsSpan(0, OutputLength),
                projected.Slice(i * OutputLength, OutputLength));
        }
    }

    /// <summary>Scratch values that a row needs.</summary>
    public int Stride => _components.Stride;
}
