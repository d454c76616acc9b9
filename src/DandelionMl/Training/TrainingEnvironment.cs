using System.Collections.ObjectModel;
using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using DandelionMl.Backbones;
using SkiaSharp;

namespace DandelionMl.Training;

/// <summary>What a model is trained with, as far as it may move its numbers: this library, the runtime, and the width of the vectors
/// that sums are made in.</summary>
internal static class TrainingEnvironment
{
    /// <param name="backbone">Adds what its numbers depend on; null where no photo is embedded.</param>
    public static IReadOnlyDictionary<string, string> Describe(IBackbone? backbone)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["DandelionMl"] = VersionOf(typeof(TrainingEnvironment)),
            [".NET"] = Environment.Version.ToString(),
            ["os"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
            ["vectorBits"] = $"{Vector<byte>.Count * 8}",
            ["System.Numerics.Tensors"] = VersionOf(typeof(System.Numerics.Tensors.TensorPrimitives)),
            ["SkiaSharp"] = VersionOf(typeof(SKBitmap)),
        };
        foreach (var (name, version) in backbone?.Environment ?? ReadOnlyDictionary<string, string>.Empty)
        {
            environment[name] = version;
        }

        return environment;
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? type.Assembly.GetName().Version!.ToString();
}
