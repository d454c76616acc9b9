using System.Buffers;
using System.Numerics.Tensors;
using DandelionMl.Imaging.Resampling;

namespace DandelionMl.Imaging;

/// <summary>torchvision's <c>Resize((side, side))</c> on a PIL picture (bilinear, antialiased, aspect ratio not kept), then
/// <c>ToTensor</c>: values from 0 to 1. The resized bytes are those of Pillow.</summary>
public sealed class SquashUnitPreprocessing : Preprocessing
{
    internal SquashUnitPreprocessing(int side)
        : base($"squash-unit-{side}", side, side)
    {
    }

    /// <inheritdoc/>
    public override void Apply(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tensor.Length, TensorLength);
        var resized = ArrayPool<byte>.Shared.Rent(TensorLength);
        var pixels = resized.AsSpan(0, TensorLength);
        Resampler.Resize(image, Width, Height, ResamplingFilter.Bilinear, new PixelWindow(0, 0, Width, Height), pixels);
        var plane = Width * Height;
        for (var pixel = 0; pixel < plane; pixel++)
        {
            tensor[pixel] = pixels[3 * pixel];
            tensor[plane + pixel] = pixels[(3 * pixel) + 1];
            tensor[(2 * plane) + pixel] = pixels[(3 * pixel) + 2];
        }

        TensorPrimitives.Divide(tensor, 255f, tensor);
        ArrayPool<byte>.Shared.Return(resized);
    }
}
