using System.Runtime.InteropServices;
using System.Text.Json;
using DandelionMl.Tests.Support;

namespace DandelionMl.Benchmarks;

/// <summary>DINOv2 ViT-S/14 as its official implementation exports it to ONNX, with weights by the formula in a file of their own.</summary>
internal static class ExportedVitS14
{
    private const string Graph = "dinov2-vits14-graph.onnx";

    /// <summary>Puts the graph and its weights, which are made, into a folder.</summary>
    /// <param name="source">The folder with the graph and the description of its weights, <c>shared/bench</c>.</param>
    /// <param name="folder">The folder to write to.</param>
    /// <returns>The ONNX file's path.</returns>
    public static string Write(string source, string folder)
    {
        var graph = Path.Combine(folder, Graph);
        File.WriteAllBytes(graph, File.ReadAllBytes(Path.Combine(source, Graph)));

        using var description = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(source, "dinov2-vits14-weights.json")));
        var root = description.RootElement;
        using var weights = File.Create(Path.Combine(folder, root.GetProperty("location").GetString()!));
        weights.SetLength(root.GetProperty("bytes").GetInt64());
        foreach (var tensor in root.GetProperty("tensors").EnumerateArray())
        {
            long[] shape = [.. tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            var values = FormulaWeights.Tensor(tensor.GetProperty("name").GetString()!, shape).Values;
            weights.Position = tensor.GetProperty("offset").GetInt64();
            weights.Write(MemoryMarshal.AsBytes(values.Span));
        }

        return graph;
    }
}
