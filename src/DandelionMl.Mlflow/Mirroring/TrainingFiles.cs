using System.Globalization;
using System.Text;
using System.Text.Json;
using DandelionMl.Registry;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>A file that goes with a training.</summary>
/// <param name="Name">Its name, with its folder.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Bytes">What is in it.</param>
internal sealed record TrainingFile(string Name, string Type, byte[] Bytes);

/// <summary>The files that go with a training.</summary>
internal static class TrainingFiles
{
    public const string Model = "model.safetensors";

    /// <summary>The most photos whose list is uploaded: some 30 MB.</summary>
    private const int MostListed = 300_000;

    private const string JsonType = "application/json";

    /// <summary>Those of the run. The manifest has a line for each photo: its SHA-256, its side of the split, its label.</summary>
    public static IEnumerable<TrainingFile> OfRun(ModelVersion model, TrainingManifest manifest)
    {
        if (manifest.Images.Count <= MostListed)
        {
            yield return Text("manifest.tsv", "text/plain", List(manifest));
        }

        yield return Text("options.json", JsonType, model.Options);
        yield return Text("metrics.json", JsonType, JsonSerializer.Serialize(model.Metrics, RegistryJson.Default.ModelMetrics));
        yield return Text("environment.json", JsonType, JsonSerializer.Serialize(model.Environment, RegistryJson.Default.IReadOnlyDictionaryStringString));
    }

    public static TrainingFile Verdict(GateVerdict verdict) =>
        Text("verdict.json", JsonType, JsonSerializer.Serialize(verdict, RegistryJson.Default.GateVerdict));

    public static TrainingFile Head(byte[] bytes) => new(Model, "application/octet-stream", bytes);

    /// <summary>What makes a folder of files a model of MLflow's: YAML, of which JSON's texts are a part.</summary>
    public static TrainingFile Description(ModelVersion model, string runId, string? modelId)
    {
        var created = model.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        var id = modelId is null ? "" : $"model_id: {modelId}\nmodel_uuid: {modelId}\n";
        return Text("MLmodel", "text/plain", $"""
            flavors:
              dandelionml:
                data: {Model}
                backbone: {Quote(model.Space.BackboneId)}
                preprocessing: {Quote(model.Space.PreprocessingId)}
            {id}run_id: {runId}
            utc_time_created: '{created}'

            """);
    }

    private static string List(TrainingManifest manifest)
    {
        var lines = new StringBuilder("sha256\tsplit\tlabel\n");
        foreach (var image in manifest.Images)
        {
            lines.Append(image.Sha256).Append('\t').Append(image.Split == DataSplit.Train ? "train" : "test").Append('\t').Append(image.Label).Append('\n');
        }

        return lines.ToString();
    }

    private static TrainingFile Text(string name, string type, string text) => new(name, type, Encoding.UTF8.GetBytes(text));

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
