using DandelionMl;
using DandelionMl.Backbones;
using DandelionMl.ResNet18;

// Found where AddDandelionMl is found.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds ResNet-18 to the backbones.</summary>
public static class ResNet18BuilderExtensions
{
    // Below DINOv2, which knows more, and above the built-in backbone.
    private const int Rank = 50;

    /// <summary>Adds ResNet-18, trained on ImageNet, to the backbones, as <c>resnet18-imagenet</c>. A new data directory then
    /// uses it, unless a better one can be had, such as DINOv2; one that has photos keeps its backbone.</summary>
    /// <remarks>It is run by ONNX Runtime, which has native libraries for Linux with glibc (x64, arm64), Windows (x64, arm64)
    /// and macOS (arm64). Elsewhere it can't be loaded, and the next backbone is chosen.</remarks>
    /// <param name="builder">What <c>AddDandelionMl</c> returned.</param>
    /// <returns>The builder, to go on with.</returns>
    public static DandelionMlBuilder AddResNet18(this DandelionMlBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var descriptor = new BackboneDescriptor(
            ResNet18Backbone.Id, "ResNet-18 (He et al. 2015), trained on ImageNet; ships with its package", ResNet18Backbone.Dimensions,
            DownloadBytes: 0, License: "MIT")
        {
            Rank = Rank,
        };
        if (builder.Services.All(service => service.ServiceType != typeof(Added)))
        {
            builder.Services.AddSingleton<Added>();
            builder.Services.AddSingleton<IBackboneSource>(_ => new ShippedBackboneSource(descriptor, () => ResNet18Backbone.Load()));
        }

        return builder;
    }

    /// <summary>Notes in the services that it was added.</summary>
    private sealed class Added;
}
