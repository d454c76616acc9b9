using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Resampling;
using DandelionMl.Onnx.Graphs;

namespace DandelionMl.Onnx.Pictures;

/// <summary>A preprocessing that an id or an image processor's file describes: resized, cut, and normalised by channel.</summary>
internal sealed partial class GivenPreprocessing : Preprocessing
{
    private const int UsualSide = 224;
    private const int MostPixels = 2048;

    /// <summary>The model's metadata entry that names its preprocessing.</summary>
    private const string MetadataKey = "preprocessing";

    private readonly PictureSteps _steps;

    private GivenPreprocessing(string id, PictureSteps steps)
        : base(id, steps.Width, steps.Height) => _steps = steps;

    /// <inheritdoc/>
    public override int MinimumSide => _steps.ShorterSide ?? base.MinimumSide;

    /// <summary>The preprocessing that options name; else what the model says; else the usual one.</summary>
    /// <param name="options">Name the preprocessing and the model's file.</param>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="side">Side of the graph's input in pixels; null where it is free.</param>
    /// <exception cref="UnusableGraphException">What is named is not known, or can't be followed.</exception>
    public static Preprocessing Choose(OnnxBackboneOptions options, IReadOnlyDictionary<string, string> metadata, int? side) =>
        (options.Preprocessing ?? metadata.GetValueOrDefault(MetadataKey)) is { } id
            ? Named(id)
            : ImageProcessorFile.Near(options.Path) is { } file
                ? Following(ImageProcessorFile.Read(file))
                : Named($"squash-bilinear-{side ?? UsualSide}");

    /// <summary>The preprocessing of an id.</summary>
    /// <exception cref="UnusableGraphException">No preprocessing has this id.</exception>
    public static Preprocessing Named(string id) =>
        All.FirstOrDefault(known => known.Id == id)
        ?? ((Steps(id) ?? PictureSteps.Parse(id)) is { } steps
            ? new GivenPreprocessing(id, steps)
            : throw new UnusableGraphException(
                $"There is no preprocessing '{id}'. There are: squash-bilinear-N, squash-bicubic-N, squash-unit-N, "
                + $"squash-signed-N, squash-raw-N, eval-bilinear-crop-N and eval-bicubic-crop-N, N being the side in pixels, up to {MostPixels}."));

    /// <summary>The preprocessing that does some steps, under the id that has the same ones, if there is one.</summary>
    public static Preprocessing Following(PictureSteps steps)
    {
        string[] ids =
        [
            $"squash-bilinear-{steps.Width}", $"squash-bicubic-{steps.Width}", $"squash-unit-{steps.Width}", $"squash-signed-{steps.Width}",
            $"squash-raw-{steps.Width}", $"eval-bilinear-crop-{steps.Width}", $"eval-bicubic-crop-{steps.Width}",
        ];
        return ids.FirstOrDefault(id => Steps(id) == steps) is { } known ? Named(known) : new GivenPreprocessing(steps.Id, steps);
    }

    /// <inheritdoc/>
    public override void Apply(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tensor.Length, TensorLength);
        var (width, height) = _steps.ShorterSide is { } side
            ? EvalBicubicCropPreprocessing.ResizedSize(side, image.Width, image.Height)
            : (Width, Height);
        var window = new PixelWindow(
            EvalBicubicCropPreprocessing.CropStart(width, Width), EvalBicubicCropPreprocessing.CropStart(height, Height), Width, Height);
        var resized = ArrayPool<byte>.Shared.Rent(TensorLength);
        var pixels = resized.AsSpan(0, TensorLength);
        Resampler.Resize(image, width, height, _steps.Filter, window, pixels);
        _steps.Normalise(pixels, tensor);
        ArrayPool<byte>.Shared.Return(resized);
    }

    private static PictureSteps? Steps(string id)
    {
        if (Pattern().Match(id) is not { Success: true } match
            || int.Parse(match.Groups["side"].ValueSpan, CultureInfo.InvariantCulture) is var side && side is < 1 or > MostPixels)
        {
            return null;
        }

        var filter = match.Groups["kind"].Value == "bicubic" ? ResamplingFilter.Bicubic : ResamplingFilter.Bilinear;
        int? shorterSide = match.Groups["eval"].Success ? side * 8 / 7 : null;
        return match.Groups["kind"].Value switch
        {
            "unit" => new PictureSteps(side, side, shorterSide, filter, 1 / 255f, 0, 1),
            "signed" => new PictureSteps(side, side, shorterSide, filter, 1 / 255f, 0.5f, 0.5f),
            "raw" => new PictureSteps(side, side, shorterSide, filter, 1, 0, 1),
            _ => PictureSteps.ImageNet(side, side, shorterSide, filter),
        };
    }

    [GeneratedRegex(
        "^(squash-(?<kind>bilinear|bicubic|unit|signed|raw)|(?<eval>eval)-(?<kind>bilinear|bicubic)-crop)-(?<side>[1-9][0-9]{0,4})$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
