using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;
using DandelionMl.ResNet18;

namespace DandelionMl.Benchmarks.Backbones;

/// <summary>The backbones that need no download: the built-in one, ResNet-18, and MobileNetV2 where its file lies beside the repository.</summary>
internal static class BackbonesAtHand
{
    public static void ForEach(Action<IBackbone> run)
    {
        using var builtIn = BuiltInBackbone.Load();
        using var resNet = ResNet18Backbone.Load(threads: 2);
        using var mobileNet = MobileNetV2.TryLoad(threads: 2);
        foreach (var backbone in ((IBackbone?[])[builtIn, resNet, mobileNet]).OfType<IBackbone>())
        {
            run(backbone);
        }
    }
}
