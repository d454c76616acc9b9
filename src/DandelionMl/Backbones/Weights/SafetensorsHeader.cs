using System.Buffers.Binary;
using System.Text.Json;

namespace DandelionMl.Backbones.Weights;

/// <summary>The header of a safetensors file (https://huggingface.co/docs/safetensors): a length of eight bytes, then JSON that names
/// each tensor's type, shape and place. Refused, as the format demands: tensors that overlap or leave gaps, and names given twice.
/// </summary>
/// <param name="Tensors">The tensors.</param>
/// <param name="Metadata">The map <c>__metadata__</c>.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<WeightTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Longest JSON that is read, in bytes. DINOv2's is 20 kB; the format itself allows 100 MB.</summary>
    public const int MaxLength = 4 << 20;

    /// <summary>Most tensors in a file.</summary>
    public const int MaxTensors = 16_384;

    private const string MetadataName = "__metadata__";

    public static SafetensorsHeader Read(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        stream.Position = 0;
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > MaxLength || (long)length > stream.Length - prefix.Length)
        {
            throw new InvalidWeightsException("Not a weights file: neither safetensors nor a PyTorch zip, or cut off.");
        }

        var json = new byte[length];
        stream.ReadExactly(json);
        try
        {
            // Duplicate names would let two readers see two different files.
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            return Parse(document.RootElement, dataStart: stream.Position, dataLength: stream.Length - stream.Position);
        }
        catch (Exception cause) when (cause is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidWeightsException($"The safetensors header is malformed: {cause.Message}", cause);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root, long dataStart, long dataLength)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<Entry>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == MetadataName)
            {
                foreach (var item in property.Value.EnumerateObject())
                {
                    metadata[item.Name] = item.Value.GetString() ?? throw new InvalidWeightsException("A metadata value is not a text.");
                }
            }
            else if (entries.Count == MaxTensors)
            {
                throw new InvalidWeightsException($"There are more than {MaxTensors} tensors.");
            }
            else
            {
                entries.Add(ParseEntry(property));
            }
        }

        CheckPlaces(entries, dataLength);
        return new SafetensorsHeader([.. entries.Select(entry => entry.ToTensor(dataStart))], metadata);
    }

    private static Entry ParseEntry(JsonProperty property)
    {
        var type = property.Value.GetProperty("dtype").GetString() switch
        {
            "F32" => ElementType.Float32,
            "F16" => ElementType.Float16,
            "BF16" => ElementType.BFloat16,
            "F64" => ElementType.Float64,
            "I64" => ElementType.Int64,
            var other => throw new InvalidWeightsException($"Tensor '{property.Name}' has type '{other}', which is not supported."),
        };
        var shape = property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        return offsets is [>= 0 and var begin, var end] && end >= begin
            ? new Entry(property.Name, type, shape, begin, end)
            : throw new InvalidWeightsException($"Tensor '{property.Name}' has impossible offsets.");
    }

    private static void CheckPlaces(List<Entry> entries, long dataLength)
    {
        var position = 0L;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin != position)
            {
                throw new InvalidWeightsException($"Tensor '{entry.Name}' overlaps another, or there is a gap before it.");
            }

            position = entry.End;
        }

        if (position != dataLength)
        {
            throw new InvalidWeightsException($"The tensors take {position} bytes, but the file has {dataLength} for them.");
        }
    }

    private sealed record Entry(string Name, ElementType Type, long[] Shape, long Begin, long End)
    {
        public WeightTensor ToTensor(long dataStart)
        {
            var tensor = WeightTensor.Create(Name, Type, Shape, dataStart + Begin, (End - Begin) / Type.Size());
            return (long)tensor.Length * Type.Size() == End - Begin
                ? tensor
                : throw new InvalidWeightsException($"Tensor '{Name}' has {tensor.Length} values in {End - Begin} bytes.");
        }
    }
}
