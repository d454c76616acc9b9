using System.Buffers;
using DandelionMl.Imaging.Resampling;

namespace DandelionMl.Imaging;

/// <summary>torchvision's <c>Resize((side, side))</c> on a PIL picture (bilinear, antialiased, aspect ratio not kept), then
/// <c>ToTensor</c> and <c>Normalize</c> with ImageNet's mean 0.485/0.456/0.406 and standard deviation 0.229/0.224/0.225. The resized
/// bytes are those of Pillow.</summary>
public sealed class SquashBilinearPreprocessing : Preprocessing
{
    internal SquashBilinearPreprocessing(int side)
        : base($"squash-bilinear-{side}", side, side)
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
        ImageNetNormalization.Apply(pixels, tensor);
        ArrayPool<byte>.Shared.Return(resized);
    }
}
