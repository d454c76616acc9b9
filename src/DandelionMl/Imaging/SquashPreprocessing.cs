using System.Buffers;
using DandelionMl.Imaging.Resampling;

namespace DandelionMl.Imaging;

/// <summary>torchvision's <c>Resize((side, side))</c> on a PIL picture (bilinear, antialiased, aspect ratio not kept), then
/// <c>ToTensor</c> and a normalisation. The resized bytes are those of Pillow.</summary>
internal sealed class SquashPreprocessing(string id, int side, ChannelNormalization normalization) : Preprocessing(id, side, side)
{
    /// <inheritdoc/>
    public override void Apply(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tensor.Length, TensorLength);
        var resized = ArrayPool<byte>.Shared.Rent(TensorLength);
        var pixels = resized.AsSpan(0, TensorLength);
        Resampler.Resize(image, Width, Height, ResamplingFilter.Bilinear, new PixelWindow(0, 0, Width, Height), pixels);
        normalization.Apply(pixels, tensor);
        ArrayPool<byte>.Shared.Return(resized);
    }
}
