using DandelionMl.Backbones;
using DandelionMl.Imaging;

namespace DandelionMl.Benchmarks.Backbones;

/// <summary>Embeds a photo that is in memory.</summary>
internal static class PhotoEmbedding
{
    public static float[] Of(IBackbone backbone, RgbImage photo)
    {
        var (tensor, embedding) = (new float[backbone.Info.Preprocessing.TensorLength], new float[backbone.Info.Dimensions]);
        backbone.Info.Preprocessing.Apply(photo, tensor);
        backbone.Embed(tensor, embedding);
        return embedding;
    }
}
