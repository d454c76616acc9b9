using System.Runtime.InteropServices;

namespace DandelionMl.Onnx.Tests.Support;

/// <summary>Writes small ONNX graphs. The numbers of fields are those of onnx.proto.</summary>
internal sealed class TinyGraph
{
    private const int Float = 1;
    private const int Float16 = 10;
    private const int Int64 = 7;

    private readonly ProtoWriter _graph = new ProtoWriter().Text(2, "tiny");
    private readonly ProtoWriter _metadata = new();
    private int _nodes;

    /// <summary>An input of float32; a dimension that is a text is free.</summary>
    public TinyGraph Input(string name, params object[] shape) => Value(11, name, Float, shape);

    /// <summary>An input of float16.</summary>
    public TinyGraph HalfInput(string name, params object[] shape) => Value(11, name, Float16, shape);

    /// <summary>An output of float32.</summary>
    public TinyGraph Output(string name, params object[] shape) => Value(12, name, Float, shape);

    /// <summary>A node.</summary>
    public TinyGraph Node(string operation, string[] inputs, string output, params (string Name, long[] Values)[] attributes)
    {
        var node = new ProtoWriter();
        foreach (var input in inputs)
        {
            node.Text(1, input);
        }

        node.Text(2, output).Text(3, $"node{_nodes++}").Text(4, operation);
        foreach (var (name, values) in attributes)
        {
            var attribute = new ProtoWriter().Text(1, name);
            if (values.Length == 1 && name != "axes")
            {
                // One integer is of type 2, a list of them of type 7.
                attribute.Number(3, values[0]).Number(20, 2);
            }
            else
            {
                foreach (var value in values)
                {
                    attribute.Number(8, value);
                }

                attribute.Number(20, 7);
            }

            node.Message(5, attribute);
        }

        _graph.Message(1, node);
        return this;
    }

    /// <summary>A constant of float32.</summary>
    public TinyGraph Constant(string name, long[] shape, float[] values) => Tensor(name, shape, Float, MemoryMarshal.AsBytes<float>(values));

    /// <summary>A constant of whole numbers, in one dimension.</summary>
    public TinyGraph Numbers(string name, params long[] values) =>
        Tensor(name, [values.Length], Int64, MemoryMarshal.AsBytes<long>(values));

    /// <summary>A constant whose values lie in another file.</summary>
    public TinyGraph ConstantElsewhere(string name, long[] shape, string file)
    {
        var tensor = Shaped(name, shape, Float)
            .Message(13, new ProtoWriter().Text(1, "location").Text(2, file))
            .Number(14, 1);
        _graph.Message(5, tensor);
        return this;
    }

    /// <summary>An entry of the model's metadata.</summary>
    public TinyGraph Metadata(string key, string value)
    {
        _metadata.Message(14, new ProtoWriter().Text(1, key).Text(2, value));
        return this;
    }

    /// <summary>The file: opset 17, version 8 of the format.</summary>
    public byte[] ToModel()
    {
        var model = new ProtoWriter().Number(1, 8).Message(7, _graph).Message(8, new ProtoWriter().Text(1, "").Number(2, 17)).ToArray();
        return [.. model, .. _metadata.ToArray()];
    }

    private static ProtoWriter Shaped(string name, long[] shape, int type)
    {
        var tensor = new ProtoWriter();
        foreach (var size in shape)
        {
            tensor.Number(1, size);
        }

        return tensor.Number(2, type).Text(8, name);
    }

    private TinyGraph Tensor(string name, long[] shape, int type, ReadOnlySpan<byte> raw)
    {
        _graph.Message(5, Shaped(name, shape, type).Bytes(9, raw.ToArray()));
        return this;
    }

    private TinyGraph Value(int field, string name, int type, object[] shape)
    {
        var dimensions = new ProtoWriter();
        foreach (var size in shape)
        {
            dimensions.Message(1, size is string free ? new ProtoWriter().Text(2, free) : new ProtoWriter().Number(1, Convert.ToInt64(size, null)));
        }

        var tensor = new ProtoWriter().Number(1, type).Message(2, dimensions);
        _graph.Message(field, new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, tensor)));
        return this;
    }
}
