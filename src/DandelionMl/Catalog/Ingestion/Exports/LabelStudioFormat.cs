using System.Text.Json;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>Label Studio's JSON: a list of tasks, each with its image in <c>data</c> and its annotations, of which those of type
/// <c>choices</c> are labels. Cancelled annotations count for nothing; where one is the ground truth, it alone counts.</summary>
/// <remarks>Label Studio's task format, https://labelstud.io/guide/task_format. Its short form, JSON-MIN, is what
/// <see cref="RecordsFormat"/> reads.</remarks>
internal sealed class LabelStudioFormat() : ExportFormat("label-studio", "Label Studio")
{
    private const string Upload = "/data/upload/";
    private const string LocalFiles = "/data/local-files/?d=";

    public override bool IsOf(JsonElement root) => ((JsonElement?)root).IsListOf(
        task => task.Get("data") is { ValueKind: JsonValueKind.Object } && (task.Get("annotations") ?? task.Get("completions")) is { ValueKind: JsonValueKind.Array });

    public override IEnumerable<ExportedImage> Read(JsonElement root, ExportFiles files)
    {
        foreach (var task in root.EnumerateArray())
        {
            yield return FindImage(task.Get("data")) is { } image
                ? new ExportedImage(Find(image, files), FindLabels(task))
                : ExportedImage.Failed($"task {task.Get("id").Text()}", "Its data names no image.");
        }
    }

    private static string? FindImage(JsonElement? data)
    {
        if (data is not { ValueKind: JsonValueKind.Object } fields)
        {
            return null;
        }

        var texts = fields.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.String).ToList();
        return ManifestColumns.SourceNames.Select(name => fields.Get(name).Text()).FirstOrDefault(text => text is not null)
            ?? (texts.Count == 1 ? ((JsonElement?)texts[0].Value).Text() : null);
    }

    private static List<string> FindLabels(JsonElement task)
    {
        var annotations = (task.Get("annotations") ?? task.Get("completions")).Items()
            .Where(annotation => annotation.Get("was_cancelled") is not { ValueKind: JsonValueKind.True }).ToList();
        var truth = annotations.FindAll(annotation => annotation.Get("ground_truth") is { ValueKind: JsonValueKind.True });
        return [.. (truth.Count > 0 ? truth : annotations)
            .SelectMany(annotation => annotation.Get("result").Items())
            .SelectMany(result => result.Get("value")?.Get("choices").Items() ?? [])
            .Select(choice => ((JsonElement?)choice).Text()).OfType<string>()];
    }

    /// <summary>The server's own paths lead to where its files lie beside an export: by project and name, or by name alone.</summary>
    private static string Find(string image, ExportFiles files)
    {
        if (image.StartsWith(LocalFiles, StringComparison.Ordinal))
        {
            return files.Find(Uri.UnescapeDataString(image[LocalFiles.Length..]));
        }

        if (!image.StartsWith(Upload, StringComparison.Ordinal))
        {
            return files.Find(image);
        }

        var path = Uri.UnescapeDataString(image[Upload.Length..]);
        return files.FindFile(Path.Combine("upload", path)) ?? files.FindFile(path) ?? files.Find(Path.GetFileName(path));
    }
}
