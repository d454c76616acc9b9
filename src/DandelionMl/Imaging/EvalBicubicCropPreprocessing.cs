using System.Buffers;
using DandelionMl.Imaging.Resampling;

namespace DandelionMl.Imaging;

/// <summary>DINOv2's evaluation transform: torchvision's <c>Resize(256, bicubic)</c> on a PIL picture (shorter side, aspect ratio
/// kept) and <c>CenterCrop(224)</c>, then <c>ToTensor</c> and <c>Normalize</c> with ImageNet's mean 0.485/0.456/0.406 and standard
/// deviation 0.229/0.224/0.225. The resized bytes are those of Pillow.</summary>
internal sealed class EvalBicubicCropPreprocessing : Preprocessing
{
    private readonly int _shorterSide;

    internal EvalBicubicCropPreprocessing(int shorterSide, int crop)
        : base($"eval-bicubic-crop-{crop}", crop, crop) => _shorterSide = shorterSide;

    /// <inheritdoc/>
    public override int MinimumSide => _shorterSide;

    /// <inheritdoc/>
    public override void Apply(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tensor.Length, TensorLength);
        var (width, height) = ResizedSize(_shorterSide, image.Width, image.Height);
        var crop = new PixelWindow(CropStart(width, Width), CropStart(height, Height), Width, Height);
        var cropped = ArrayPool<byte>.Shared.Rent(TensorLength);
        var pixels = cropped.AsSpan(0, TensorLength);
        Resampler.Resize(image, width, height, ResamplingFilter.Bicubic, crop, pixels);
        ChannelNormalization.ImageNet.Apply(pixels, tensor);
        ArrayPool<byte>.Shared.Return(cropped);
    }

    /// <summary>torchvision's rule: the longer side is truncated, not rounded.</summary>
    internal static (int Width, int Height) ResizedSize(int shorterSide, int width, int height)
    {
        var longer = checked((int)((long)shorterSide * Math.Max(width, height) / Math.Min(width, height)));
        return width <= height ? (shorterSide, longer) : (longer, shorterSide);
    }

    /// <summary>torchvision's rule: Python's <c>round</c>, which takes a half to the even number.</summary>
    internal static int CropStart(int size, int crop) => (int)Math.Round((size - crop) / 2.0, MidpointRounding.ToEven);
}
