using System.Globalization;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Backbones.Weights;

namespace DandelionMl.Registry;

/// <summary>A model artifact as a file: safetensors with the tensors <c>weight</c> [outputs, dimensions] and <c>bias</c> [outputs], both
/// F32, and everything else in <c>__metadata__</c>. The same artifact always gives the same bytes.</summary>
internal static class ModelArtifactFile
{
    private const string Format = "dandelionml-head-1";

    /// <exception cref="InvalidModelArtifactException">A part is missing or does not agree with the others.</exception>
    public static void Write(ModelArtifact artifact, Stream destination)
    {
        ModelArtifactValidation.Check(artifact);
        var outputs = artifact.Bias.Length;
        SafetensorsWriter.Write(
            destination,
            [
                new NamedTensor("weight", [outputs, artifact.Weights.Length / outputs], artifact.Weights),
                new NamedTensor("bias", [outputs], artifact.Bias),
            ],
            new Dictionary<string, string>
            {
                ["format"] = Format,
                ["labels"] = JsonSerializer.Serialize(artifact.Labels, RegistryJson.Default.IReadOnlyListString),
                ["backbone_id"] = artifact.Space.BackboneId,
                ["backbone_sha256"] = artifact.BackboneSha256,
                ["preprocessing_id"] = artifact.Space.PreprocessingId,
                ["temperature"] = artifact.Temperature.ToString("R", CultureInfo.InvariantCulture),
            });
    }

    /// <exception cref="InvalidModelArtifactException">The bytes are no artifact; the message says why.</exception>
    public static ModelArtifact Read(byte[] bytes)
    {
        try
        {
            using var file = WeightFile.Open(new MemoryStream(bytes, writable: false));
            var artifact = Read(file);
            ModelArtifactValidation.Check(artifact);
            return artifact;
        }
        catch (InvalidWeightsException exception)
        {
            throw new InvalidModelArtifactException(exception.Message, exception);
        }
    }

    private static ModelArtifact Read(WeightFile file)
    {
        if (Metadata(file, "format") != Format)
        {
            throw new InvalidModelArtifactException($"its format is not '{Format}'.");
        }

        var labels = ReadLabels(Metadata(file, "labels"));
        var outputs = ModelArtifactValidation.Outputs(labels.Length);
        if (!IsSingle(file.Require("weight"), outputs, rank: 2) || !IsSingle(file.Require("bias"), outputs, rank: 1))
        {
            throw new InvalidModelArtifactException("its tensors are not F32 or do not fit its labels.");
        }

        return new ModelArtifact
        {
            Labels = labels,
            Space = new EmbeddingSpace(Metadata(file, "backbone_id"), Metadata(file, "preprocessing_id")),
            BackboneSha256 = Metadata(file, "backbone_sha256"),
            Weights = file.Read("weight"),
            Bias = file.Read("bias"),
            Temperature = ReadTemperature(Metadata(file, "temperature")),
        };
    }

    private static bool IsSingle(WeightTensor tensor, int outputs, int rank) =>
        tensor.Type == ElementType.Float32 && tensor.Shape.Count == rank && tensor.Shape[0] == outputs;

    private static string Metadata(WeightFile file, string name) => file.Metadata.TryGetValue(name, out var value)
        ? value
        : throw new InvalidModelArtifactException($"its metadata has no '{name}'.");

    private static string[] ReadLabels(string json)
    {
        try
        {
            var labels = JsonSerializer.Deserialize(json, RegistryJson.Default.StringArray);
            return labels is not null && !labels.Contains(null)
                ? labels
                : throw new InvalidModelArtifactException("its labels are not a list of texts.");
        }
        catch (JsonException exception)
        {
            throw new InvalidModelArtifactException("its labels are not a list of texts.", exception);
        }
    }

    private static float ReadTemperature(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var temperature)
            ? temperature
            : throw new InvalidModelArtifactException("its temperature is not a number.");
}
