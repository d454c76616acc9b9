namespace DandelionMl.Imaging;

/// <summary>The available preprocessings, by id.</summary>
public static class Preprocessings
{
    /// <summary>Id <c>squash-bilinear-224</c>: resized to 224 × 224 without keeping the aspect ratio, bilinear, then less ImageNet's mean
    /// 0.485/0.456/0.406 and divided by its standard deviation 0.229/0.224/0.225.</summary>
    public static Preprocessing SquashBilinear224 { get; } =
        new SquashPreprocessing("squash-bilinear-224", 224, ChannelNormalization.ImageNet);

    /// <summary>Id <c>eval-bicubic-crop-224</c>: shorter side resized to 256, bicubic, and the middle 224 × 224 taken.</summary>
    public static Preprocessing EvalBicubicCrop224 { get; } = new EvalBicubicCropPreprocessing(shorterSide: 256, crop: 224);

    /// <summary>Id <c>squash-unit-96</c>: resized to 96 × 96 without keeping the aspect ratio, bilinear, values from 0 to 1; for the
    /// built-in backbone.</summary>
    public static Preprocessing SquashUnit96 { get; } =
        new SquashPreprocessing("squash-unit-96", 96, ChannelNormalization.Unit);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Preprocessing> All { get; } = [SquashBilinear224, EvalBicubicCrop224, SquashUnit96];
}
