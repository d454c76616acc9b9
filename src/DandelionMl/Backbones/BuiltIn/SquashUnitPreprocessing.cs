using DandelionMl.Imaging;

namespace DandelionMl.Backbones.BuiltIn;

/// <summary>The preprocessing <c>squash-unit-96</c> of the built-in backbone: the photo resized straight to 96×96 pixels (its
/// aspect ratio is not kept) by an antialiased triangle filter, as values from 0 to 1.</summary>
public sealed class SquashUnitPreprocessing : Preprocessing
{
    private const int Side = 96;

    /// <summary>Creates the preprocessing.</summary>
    public SquashUnitPreprocessing()
        : base("squash-unit-96", Side, Side)
    {
    }

    /// <inheritdoc />
    public override void Apply(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (tensor.Length != TensorLength)
        {
            throw new ArgumentException($"The tensor holds {tensor.Length} values, not {TensorLength}.", nameof(tensor));
        }

        TriangleResize.ToPlanes(image, Width, Height, tensor);
    }
}
