using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using DandelionMl.Embeddings;

namespace DandelionMl.Registry;

/// <summary>A model artifact as a file: safetensors with the tensors <c>weight</c> [outputs, dimensions] and <c>bias</c> [outputs], both
/// F32, and everything else in <c>__metadata__</c>. The same artifact always gives the same bytes.</summary>
/// <remarks>Layout: 8 bytes with the header's length, little-endian; the header, JSON padded with spaces to a multiple of 8 bytes; the
/// tensors' values, little-endian, without gaps.</remarks>
internal static class ModelArtifactFile
{
    /// <summary>Longest header that is read, in bytes: enough for the names of some thousand classes.</summary>
    private const int MaxHeaderLength = 1024 * 1024;
    private const int LengthPrefix = sizeof(ulong);
    private const string Format = "dandelionml-head-1";

    /// <exception cref="InvalidModelArtifactException">A part is missing or does not agree with the others.</exception>
    public static void Write(ModelArtifact artifact, Stream destination)
    {
        ModelArtifactValidation.Check(artifact);
        var header = WriteHeader(artifact);
        if (header.Length > MaxHeaderLength)
        {
            throw new InvalidModelArtifactException($"its labels make a header of {header.Length} bytes, more than {MaxHeaderLength}.");
        }

        Span<byte> length = stackalloc byte[LengthPrefix];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        destination.Write(length);
        destination.Write(header);
        destination.Write(VectorBytes.Write(artifact.Weights));
        destination.Write(VectorBytes.Write(artifact.Bias));
    }

    /// <exception cref="InvalidModelArtifactException">The bytes are no artifact; the message says why.</exception>
    public static ModelArtifact Read(ReadOnlySpan<byte> file)
    {
        var length = file.Length < LengthPrefix ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (length is 0 or > MaxHeaderLength || length > (ulong)(file.Length - LengthPrefix))
        {
            throw new InvalidModelArtifactException($"its header can't have {length} bytes in a file of {file.Length}.");
        }

        var header = ModelArtifactHeader.Parse(file.Slice(LengthPrefix, (int)length));
        var data = file[(LengthPrefix + (int)length)..];
        if (header.Metadata("format") != Format)
        {
            throw new InvalidModelArtifactException($"its format is not '{Format}'.");
        }

        var labels = ReadLabels(header.Metadata("labels"));
        var outputs = ModelArtifactValidation.Outputs(labels.Length);
        var weight = header.Tensor("weight", rank: 2);
        var bias = header.Tensor("bias", rank: 1);
        var isContiguous = weight.Begin == 0 && bias.Begin == weight.End && bias.End == data.Length;
        if (weight.Shape[0] != outputs || bias.Shape[0] != outputs || !isContiguous)
        {
            throw new InvalidModelArtifactException("its tensors fit neither each other, its labels nor the file's length.");
        }

        var artifact = new ModelArtifact(
            labels,
            new EmbeddingSpace(header.Metadata("backbone_id"), header.Metadata("preprocessing_id")),
            header.Metadata("backbone_sha256"),
            VectorBytes.Read(data[..(int)weight.End].ToArray()).ToArray(),
            VectorBytes.Read(data[(int)bias.Begin..].ToArray()).ToArray(),
            ReadTemperature(header.Metadata("temperature")));
        ModelArtifactValidation.Check(artifact);
        return artifact;
    }

    private static byte[] WriteHeader(ModelArtifact artifact)
    {
        var outputs = artifact.Bias.Length;
        var weightBytes = artifact.Weights.Length * sizeof(float);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", Format);
            json.WriteString("labels", JsonSerializer.Serialize(artifact.Labels, RegistryJson.Default.IReadOnlyListString));
            json.WriteString("backbone_id", artifact.Space.BackboneId);
            json.WriteString("backbone_sha256", artifact.BackboneSha256);
            json.WriteString("preprocessing_id", artifact.Space.PreprocessingId);
            json.WriteString("temperature", artifact.Temperature.ToString("R", CultureInfo.InvariantCulture));
            json.WriteEndObject();
            WriteTensor(json, "weight", [outputs, artifact.Weights.Length / outputs], 0, weightBytes);
            WriteTensor(json, "bias", [outputs], weightBytes, weightBytes + (outputs * sizeof(float)));
            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static void WriteTensor(Utf8JsonWriter json, string name, ReadOnlySpan<int> shape, int begin, int end)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", "F32");
        WriteNumbers(json, "shape", shape);
        WriteNumbers(json, "data_offsets", [begin, end]);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static string[] ReadLabels(string json)
    {
        try
        {
            var labels = JsonSerializer.Deserialize(json, RegistryJson.Default.StringArray);
            return labels is not null && !labels.Contains(null)
                ? labels
                : throw new InvalidModelArtifactException("its labels are no list of texts.");
        }
        catch (JsonException exception)
        {
            throw new InvalidModelArtifactException("its labels are no list of texts.", exception);
        }
    }

    private static float ReadTemperature(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var temperature)
            ? temperature
            : throw new InvalidModelArtifactException("its temperature is no number.");
}
