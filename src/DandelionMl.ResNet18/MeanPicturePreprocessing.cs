using System.Buffers;
using System.Numerics.Tensors;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Resampling;
using DandelionMl.Onnx;
using DandelionMl.Onnx.Graphs;

namespace DandelionMl.ResNet18;

/// <summary>What the network was trained with: the picture resized to 224 × 224 pixels whatever its aspect ratio, values of 0 to
/// 255 in the order blue, green, red, less ImageNet's mean picture. The same as the package's own graph
/// <c>ResNetPreprocess.onnx</c>, which turns the channels round, too.</summary>
/// <remarks>Measured on 300 photos of dandelions and grass: accuracy 0.958 ± 0.028 with this order, 0.909 ± 0.031 with red first
/// (benchmark 'backbones').</remarks>
internal sealed class MeanPicturePreprocessing : Preprocessing
{
    private const string PreprocessingId = "squash-mean-picture-224";
    private const int Side = 224;

    private readonly float[] _mean;

    private MeanPicturePreprocessing(float[] mean)
        : base(PreprocessingId, Side, Side) => _mean = mean;

    /// <summary>Reads the mean picture.</summary>
    /// <param name="graph">The ONNX graph that takes the mean picture from its input.</param>
    public static MeanPicturePreprocessing Read(byte[] graph)
    {
        using var session = Session.Open(graph, new OnnxBackboneOptions { Threads = 1 });
        var mean = new float[3 * Side * Side];
        session.Run(
            session.Inputs.Keys.Single(), [1, 3, Side, Side], new float[mean.Length], session.Outputs.Keys.Single(),
            (_, values) => TensorPrimitives.Negate(values, mean), CancellationToken.None);
        return new MeanPicturePreprocessing(mean);
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
        for (var channel = 0; channel < 3; channel++)
        {
            for (var pixel = 0; pixel < plane; pixel++)
            {
                tensor[(channel * plane) + pixel] = pixels[(3 * pixel) + (2 - channel)];
            }
        }

        TensorPrimitives.Subtract(tensor, _mean, tensor);
        ArrayPool<byte>.Shared.Return(resized);
    }
}
