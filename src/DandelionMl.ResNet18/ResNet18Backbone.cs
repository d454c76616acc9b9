using DandelionMl.Backbones;
using DandelionMl.Onnx;
using DandelionMl.Onnx.Graphs;

namespace DandelionMl.ResNet18;

/// <summary>ResNet-18 (He et al. 2015, arXiv:1512.03385), trained on ImageNet: the 512 values before its classifier. The network
/// and its mean picture are those of the package <c>Microsoft.ML.DnnImageFeaturizer.ResNet18</c> and lie in this
/// assembly.</summary>
internal static class ResNet18Backbone
{
    public const string Id = "resnet18-imagenet";

    public const int Dimensions = 512;

    /// <summary>Size of its network and mean picture.</summary>
    public static long Bytes => Size("ResNet18.onnx") + Size("ResNetPreprocess.onnx");

    // Of 11,175 pairs of different photos none reaches it; see the benchmark 'duplicates' with resnet18-imagenet.
    public const float DuplicateThreshold = 0.965f;

    /// <summary>Loads the backbone.</summary>
    /// <param name="threads">Threads of a pass; null for one per processor that the process may use.</param>
    /// <exception cref="BackboneUnavailableException">ONNX Runtime's native library is missing.</exception>
    public static IBackbone Load(int? threads = null)
    {
        var options = new OnnxBackboneOptions { Threads = threads, DuplicateThreshold = DuplicateThreshold };
        try
        {
            var preprocessing = MeanPicturePreprocessing.Read(Resource("ResNetPreprocess.onnx"));
            return OnnxBackbone.Load(Id, OnnxFile.Of(Resource("ResNet18.onnx")), options, (_, _) => preprocessing);
        }
        catch (UnusableGraphException cause)
        {
            throw new BackboneUnavailableException($"The backbone '{Id}' can't be loaded. {cause.Message}", cause);
        }
    }

    private static Stream Open(string name) => typeof(ResNet18Backbone).Assembly.GetManifestResourceStream(name)
        ?? throw new BackboneUnavailableException($"{name} is missing. Install the package DandelionMl.ResNet18 again.");

    private static long Size(string name)
    {
        using var resource = Open(name);
        return resource.Length;
    }

    internal static byte[] Resource(string name)
    {
        using var resource = Open(name);
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
