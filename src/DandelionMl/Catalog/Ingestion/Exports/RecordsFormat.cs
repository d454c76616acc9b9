using System.Text.Json;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>A list of objects, each with a source and a label under the names that a manifest's columns have: Label Studio's JSON-MIN, the
/// <c>metadata.jsonl</c> of Hugging Face's image folders.</summary>
internal sealed class RecordsFormat() : ExportFormat("records", "a list of photos")
{
    public override bool IsOf(JsonElement root) =>
        ((JsonElement?)root).IsListOf(record => Find(record, ManifestColumns.SourceNames) is not null && Find(record, ManifestColumns.LabelNames) is not null);

    public override IEnumerable<ExportedImage> Read(JsonElement root, ExportFiles files)
    {
        var number = 0;
        foreach (var record in root.EnumerateArray())
        {
            number++;
            yield return Find(record, ManifestColumns.SourceNames).Text() is { } source
                ? new ExportedImage(files.Find(source), Labels(Find(record, ManifestColumns.LabelNames)))
                : ExportedImage.Failed($"record {number}", "It names no image.");
        }
    }

    // Several choices are an object with a list in JSON-MIN.
    private static IEnumerable<string> Labels(JsonElement? label) =>
        label.Text() is { } text ? [text] : (label?.Get("choices") ?? label).Items().Select(item => ((JsonElement?)item).Text()).OfType<string>();

    private static JsonElement? Find(JsonElement record, string[] names) =>
        names.Select(name => record.Get(name)).FirstOrDefault(value => value is not null);
}
