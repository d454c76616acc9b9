namespace DandelionMl.Imaging;

/// <summary>Prepares pictures as a network's input; part of a model's identity, so one id always means the same preparation.</summary>
public abstract class Preprocessing
{
    /// <summary>Creates a preprocessing.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="width">Width of the network's input in pixels.</param>
    /// <param name="height">Height of the network's input in pixels.</param>
    protected Preprocessing(string id, int width, int height) => (Id, Width, Height) = (id, width, height);

    /// <summary>Id <c>squash-bilinear-224</c>: resized to 224 × 224 without keeping the aspect ratio, bilinear, then less
    /// ImageNet's mean 0.485/0.456/0.406 and divided by its standard deviation 0.229/0.224/0.225.</summary>
    public static Preprocessing SquashBilinear224 { get; } =
        new SquashPreprocessing("squash-bilinear-224", 224, ChannelNormalization.ImageNet);

    /// <summary>Id <c>eval-bicubic-crop-224</c>: shorter side resized to 256, bicubic, and the middle 224 × 224 taken.</summary>
    public static Preprocessing EvalBicubicCrop224 { get; } = new EvalBicubicCropPreprocessing(shorterSide: 256, crop: 224);

    /// <summary>Id <c>squash-unit-96</c>: resized to 96 × 96 without keeping the aspect ratio, bilinear, values from 0 to 1; for the
    /// built-in backbone.</summary>
    public static Preprocessing SquashUnit96 { get; } =
        new SquashPreprocessing("squash-unit-96", 96, ChannelNormalization.Unit);

    /// <summary>All that the library has.</summary>
    public static IReadOnlyList<Preprocessing> All { get; } = [SquashBilinear224, EvalBicubicCrop224, SquashUnit96];

    /// <summary>The id, such as <c>squash-bilinear-224</c>.</summary>
    public string Id { get; }

    /// <summary>Width of the network's input in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of the network's input in pixels.</summary>
    public int Height { get; }

    /// <summary>Values of one image: 3 × <see cref="Height"/> × <see cref="Width"/>.</summary>
    public int TensorLength => 3 * Height * Width;

    /// <summary>The shorter side, in pixels, that a picture must at least have to lose nothing by this preprocessing; for
    /// <see cref="IImageDecoder.Decode"/>.</summary>
    public virtual int MinimumSide => Math.Max(Width, Height);

    /// <summary>Prepares one picture.</summary>
    /// <param name="image">The picture, of any size.</param>
    /// <param name="tensor">Receives <see cref="TensorLength"/> values in CHW order.</param>
    /// <exception cref="ArgumentException"><paramref name="tensor"/> has another length.</exception>
    public abstract void Apply(RgbImage image, Span<float> tensor);
}
