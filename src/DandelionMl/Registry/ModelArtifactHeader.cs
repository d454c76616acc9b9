using System.Text.Json;

namespace DandelionMl.Registry;

/// <summary>The header of an artifact's file, checked as it is read: its tensors are F32 and as long as their shapes say.</summary>
internal sealed class ModelArtifactHeader
{
    private const string MetadataName = "__metadata__";

    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorEntry> _tensors = new(StringComparer.Ordinal);

    private ModelArtifactHeader()
    {
    }

    public static ModelArtifactHeader Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            var header = new ModelArtifactHeader();
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                header.Add(entry);
            }

            return header;
        }
        catch (Exception exception) when (exception
            is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw new InvalidModelArtifactException("its header is no safetensors header.", exception);
        }
    }

    public string Metadata(string name) => _metadata.TryGetValue(name, out var value)
        ? value
        : throw new InvalidModelArtifactException($"its metadata has no '{name}'.");

    public TensorEntry Tensor(string name, int rank) => _tensors.TryGetValue(name, out var tensor) && tensor.Shape.Count == rank
        ? tensor
        : throw new InvalidModelArtifactException($"it has no tensor '{name}' of {rank} dimensions.");

    private static TensorEntry ReadTensor(string name, JsonElement entry)
    {
        var shape = entry.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
        var offsets = entry.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (entry.GetProperty("dtype").GetString() != "F32" || shape.Any(size => size < 1) || offsets.Length != 2)
        {
            throw new InvalidModelArtifactException($"tensor '{name}' is no F32 tensor with a shape.");
        }

        var values = shape.Aggregate(1L, static (product, size) => checked(product * size));
        if (offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] - offsets[0] != checked(values * sizeof(float)))
        {
            throw new InvalidModelArtifactException($"tensor '{name}' is not as long as its shape says.");
        }

        return new TensorEntry(shape, offsets[0], offsets[1]);
    }

    private void Add(JsonProperty entry)
    {
        if (entry.Name != MetadataName)
        {
            Require(_tensors.TryAdd(entry.Name, ReadTensor(entry.Name, entry.Value)));
            return;
        }

        foreach (var pair in entry.Value.EnumerateObject())
        {
            Require(_metadata.TryAdd(pair.Name, pair.Value.GetString() ?? ""));
        }
    }

    private static void Require(bool isFirst)
    {
        if (!isFirst)
        {
            throw new InvalidModelArtifactException("its header names something twice.");
        }
    }

    /// <param name="Shape">Its sizes, none below 1.</param>
    /// <param name="Begin">Where its values begin, in bytes after the header.</param>
    /// <param name="End">Where they end.</param>
    internal sealed record TensorEntry(IReadOnlyList<int> Shape, long Begin, long End);
}
