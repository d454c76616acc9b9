using DandelionMl.Onnx;

namespace DandelionMl.Benchmarks.Backbones;

/// <summary>MobileNetV2's features as an ONNX file, where that lies beside the repository.</summary>
internal static class MobileNetV2
{
    private const string Path = "../shared/weights/mobilenetv2-features.onnx";

    /// <summary>Size of the file.</summary>
    public static long Bytes => new FileInfo(Path).Length;

    /// <returns>The backbone; null where the file is not there.</returns>
    public static OnnxBackbone? TryLoad(int threads) =>
        File.Exists(Path) ? OnnxBackbone.Load("mobilenetv2", new OnnxBackboneOptions { Path = Path, Threads = threads }) : null;
}
