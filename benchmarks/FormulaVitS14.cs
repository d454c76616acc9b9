using DandelionMl.Backbones.Weights;
using DandelionMl.Tests.Support;

namespace DandelionMl.Benchmarks;

/// <summary>A ViT-S/14 with weights from a formula: as fast as one with learned weights, and free to make.</summary>
internal static class FormulaVitS14
{
    public static void Write(string path)
    {
        using var stream = File.Create(path);
        SafetensorsWriter.Write(stream, FormulaWeights.DinoV2(width: 384, depth: 12, grid: 37));
    }
}
