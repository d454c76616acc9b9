using System.Globalization;
using System.Numerics;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Backbones.Weights;

namespace DandelionMl.Registry;

/// <summary>A model artifact as a file: safetensors with the tensors <c>weight</c> [outputs, dimensions] and <c>bias</c> [outputs],
/// where unknown photos are told, <c>familiar</c> [1 + directions, dimensions], the mean first, and <c>familiar_extents</c> [directions], and
/// where the classes are told that a photo may be of, <c>set_bounds</c> [classes], all F32, and everything else in <c>__metadata__</c>. The
/// same artifact always gives the same bytes.</summary>
internal static class ModelArtifactFile
{
    private const string Familiar = "familiar";
    private const string FamiliarExtents = "familiar_extents";
    private const string SetBounds = "set_bounds";
    private const string Format = "dandelionml-head-1";

    /// <exception cref="InvalidModelArtifactException">A part is missing or does not agree with the others.</exception>
    public static void Write(ModelArtifact artifact, Stream destination)
    {
        ModelArtifactValidation.Check(artifact);
        var outputs = artifact.Bias.Length;
        List<NamedTensor> tensors =
        [
            new("weight", [outputs, artifact.Weights.Length / outputs], artifact.Weights),
            new("bias", [outputs], artifact.Bias),
        ];
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Format,
            ["labels"] = JsonSerializer.Serialize(artifact.Labels, RegistryJson.Default.IReadOnlyListString),
            ["backbone_id"] = artifact.Space.BackboneId,
            ["backbone_sha256"] = artifact.BackboneSha256,
            ["preprocessing_id"] = artifact.Space.PreprocessingId,
            ["temperature"] = Text(artifact.Temperature),
        };

        // Versions of the library that know nothing of it read the artifact all the same.
        if (artifact.Familiar is { } familiar)
        {
            var dimensions = familiar.Mean.Length;
            float[] values = [.. familiar.Mean, .. familiar.Directions];
            tensors.Add(new(Familiar, [values.Length / dimensions, dimensions], values));
            if (familiar.Extents.Length > 0)
            {
                tensors.Add(new(FamiliarExtents, [familiar.Extents.Length], familiar.Extents));
            }

            metadata["familiar_bound"] = Text(familiar.Bound);
            metadata["familiar_scaled"] = familiar.IsScaled ? "true" : "false";
        }

        if (artifact.Sets is { } sets)
        {
            tensors.Add(new(SetBounds, [sets.Bounds.Length], sets.Bounds));
            metadata["set_coverage"] = sets.Coverage.ToString("R", CultureInfo.InvariantCulture);
            metadata["set_photos"] = sets.Photos.ToString(CultureInfo.InvariantCulture);
        }

        SafetensorsWriter.Write(destination, tensors, metadata);
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
            Temperature = ReadNumber<float>(file, "temperature"),
            Familiar = ReadFamiliar(file),
            Sets = ReadSets(file, labels.Length),
        };
    }

    private static FamiliarRegion? ReadFamiliar(WeightFile file)
    {
        if (!file.Tensors.TryGetValue(Familiar, out var tensor))
        {
            return null;
        }

        if (tensor is not { Type: ElementType.Float32, Shape: [>= 1 and var rows, >= 1 and var dimensions] })
        {
            throw new InvalidModelArtifactException($"its tensor '{Familiar}' is not F32 of two dimensions.");
        }

        if (rows > 1 && !IsSingle(file.Require(FamiliarExtents), (int)Math.Min(rows, int.MaxValue) - 1, rank: 1))
        {
            throw new InvalidModelArtifactException($"its tensor '{FamiliarExtents}' does not fit '{Familiar}'.");
        }

        var values = file.Read(Familiar);
        return new FamiliarRegion
        {
            Mean = values[..(int)dimensions],
            Directions = values[(int)dimensions..],
            Extents = rows == 1 ? [] : file.Read(FamiliarExtents),
            IsScaled = Metadata(file, "familiar_scaled") == "true",
            Bound = ReadNumber<float>(file, "familiar_bound"),
        };
    }

    private static PredictionSets? ReadSets(WeightFile file, int classes)
    {
        if (!file.Tensors.TryGetValue(SetBounds, out var tensor))
        {
            return null;
        }

        return IsSingle(tensor, classes, rank: 1)
            ? new PredictionSets
            {
                Bounds = file.Read(SetBounds),
                Coverage = ReadNumber<double>(file, "set_coverage"),
                Photos = ReadNumber<int>(file, "set_photos"),
            }
            : throw new InvalidModelArtifactException($"its tensor '{SetBounds}' does not fit its labels.");
    }

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

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

    private static T ReadNumber<T>(WeightFile file, string name)
        where T : INumber<T> => T.TryParse(Metadata(file, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidModelArtifactException($"its {name} is not a number.");
}
