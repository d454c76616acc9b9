using System.Runtime.InteropServices;

namespace DandelionMl.Onnx.Tests.Support;

/// <summary>Feature extractors of a few nodes. Pictures are 8 × 8 pixels, patches 4 × 4, so there are four of them; an embedding has
/// three values: the mean of each channel, over the picture or over a patch.</summary>
internal static class ShapedGraphs
{
    public const int Side = 8;
    public const int Patches = 4;

    /// <summary>[n, 3]: the mean of each channel.</summary>
    /// <param name="batch">The batch: a number, or a text where it is free.</param>
    public static TinyGraph Plain(object batch) => new TinyGraph()
        .Input("x", batch, 3, Side, Side)
        .Node("ReduceMean", ["x"], "features", ("axes", [2, 3]), ("keepdims", [0]))
        .Output("features", batch, 3);

    /// <summary>[n, 3]: the mean of each channel, times a weight that lies in another file.</summary>
    /// <param name="file">The file, as the graph names it.</param>
    public static TinyGraph Weighted(string file) => new TinyGraph()
        .Input("x", "n", 3, Side, Side)
        .ConstantElsewhere("weights", [3], file)
        .Node("ReduceMean", ["x"], "mean", ("axes", [2, 3]), ("keepdims", [0]))
        .Node("Mul", ["mean", "weights"], "features")
        .Output("features", "n", 3);

    /// <summary>A file of weights.</summary>
    public static byte[] Weights(params float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    /// <summary>[n, 3, 1, 1], as after a pooling layer.</summary>
    public static TinyGraph Pooled(object batch) => new TinyGraph()
        .Input("x", batch, 3, Side, Side)
        .Node("GlobalAveragePool", ["x"], "features")
        .Output("features", batch, 3, 1, 1);

    /// <summary>[n, 3, 2, 2]: the mean of each patch.</summary>
    public static TinyGraph Map(object batch) => new TinyGraph()
        .Input("x", batch, 3, Side, Side)
        .Node("AveragePool", ["x"], "features", ("kernel_shape", [4, 4]), ("strides", [4, 4]))
        .Output("features", batch, 3, 2, 2);

    /// <summary>[n, tokens, 3]: some leading tokens, of which the first is the maximum of each channel, and the patches.</summary>
    /// <param name="leading">Tokens before the patches.</param>
    /// <param name="output">The output's name.</param>
    public static TinyGraph Tokens(int leading, string output = "last_hidden_state")
    {
        var graph = AddPatches(new TinyGraph().Input("x", "n", 3, Side, Side));
        if (leading == 0)
        {
            return graph.Node("Identity", ["patches"], output).Output(output, "n", Patches, 3);
        }

        graph.Node("ReduceMax", ["x"], "maximum", ("axes", [2, 3]), ("keepdims", [0]))
            .Numbers("one", 1)
            .Node("Unsqueeze", ["maximum", "one"], "cls");
        return graph.Node("Concat", [.. Enumerable.Repeat("cls", leading), "patches"], output, ("axis", [1]))
            .Output(output, "n", leading + Patches, 3);
    }

    /// <summary>As exports of DINOv2 on the Hugging Face hub: <c>last_hidden_state</c> with CLS, and <c>pooler_output</c>.</summary>
    public static TinyGraph TokensAndPooler() => Tokens(leading: 1)
        .Node("ReduceMin", ["x"], "pooler_output", ("axes", [2, 3]), ("keepdims", [0]))
        .Output("pooler_output", "n", 3);

    private static TinyGraph AddPatches(TinyGraph graph) => graph
        .Node("AveragePool", ["x"], "map", ("kernel_shape", [4, 4]), ("strides", [4, 4]))
        .Numbers("flat", 0, 3, -1)
        .Node("Reshape", ["map", "flat"], "columns")
        .Node("Transpose", ["columns"], "patches", ("perm", [0, 2, 1]));
}
