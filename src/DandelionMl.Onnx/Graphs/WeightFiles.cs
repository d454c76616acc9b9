using System.Text;

namespace DandelionMl.Onnx.Graphs;

/// <summary>Finds the files in which a graph's weights lie, where they are not inside it ("external data" of the ONNX format).</summary>
internal static class WeightFiles
{
    /// <summary>A graph in a node of a graph, and so on: more than any export has.</summary>
    private const int MostNested = 64;

    private const int EntryKey = 1;
    private const int EntryValue = 2;
    private static readonly byte[] Location = "location"u8.ToArray();

    /// <summary>Messages of onnx.proto on the way to a tensor's entries of external data.</summary>
    private enum Message
    {
        Model,
        Function,
        Graph,
        Node,
        Attribute,
        SparseTensor,
        Tensor,
        Entry,
    }

    /// <summary>The names of the files, relative to the folder of the ONNX file, in order; none where the weights are inside it.</summary>
    /// <param name="model">The ONNX file's bytes. Where they are no ONNX file, what is found up to there.</param>
    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> model)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        Collect(model, Message.Model, names, depth: 0);
        return [.. names];
    }

    private static void Collect(ReadOnlySpan<byte> message, Message kind, SortedSet<string> names, int depth)
    {
        if (kind == Message.Entry)
        {
            AddLocation(message, names);
            return;
        }

        var fields = new ProtoFields(message);
        while (fields.Next())
        {
            if (Part(kind, fields.Field) is { } part && depth < MostNested)
            {
                Collect(fields.Content, part, names, depth + 1);
            }
        }
    }

    /// <summary>What kind of message a field of another holds, by the numbers of onnx.proto; null for all that has no tensors.</summary>
    private static Message? Part(Message kind, int field) => (kind, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Function, 7) => Message.Node,
        (Message.Function, 11) => Message.Attribute,
        (Message.Graph, 1) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 15) => Message.SparseTensor,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5 or 10) => Message.Tensor,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.SparseTensor, 1 or 2) => Message.Tensor,
        (Message.Tensor, 13) => Message.Entry,
        _ => null,
    };

    private static void AddLocation(ReadOnlySpan<byte> entry, SortedSet<string> names)
    {
        ReadOnlySpan<byte> key = default, value = default;
        var fields = new ProtoFields(entry);
        while (fields.Next())
        {
            if (fields.Field == EntryKey)
            {
                key = fields.Content;
            }
            else if (fields.Field == EntryValue)
            {
                value = fields.Content;
            }
        }

        if (key.SequenceEqual(Location))
        {
            names.Add(Encoding.UTF8.GetString(value));
        }
    }
}
