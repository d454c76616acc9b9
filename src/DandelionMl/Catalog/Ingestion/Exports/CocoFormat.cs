using System.Text.Json;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>COCO's JSON: <c>images</c>, <c>categories</c>, and <c>annotations</c> that give an image its category, with a box or without. An
/// image whose annotations are of one category has that for its label.</summary>
/// <remarks>https://cocodataset.org/#format-data; so write Roboflow (<c>_annotations.coco.json</c>) and Azure (<c>absolute_url</c>).</remarks>
internal sealed class CocoFormat() : ExportFormat("coco", "COCO")
{
    private static readonly string[] Addresses = ["absolute_url", "coco_url", "flickr_url"];

    public override bool IsOf(JsonElement root) =>
        root.Get("images") is { ValueKind: JsonValueKind.Array } && root.Get("annotations") is { ValueKind: JsonValueKind.Array }
        && root.Get("categories") is { ValueKind: JsonValueKind.Array };

    public override IEnumerable<ExportedImage> Read(JsonElement root, ExportFiles files)
    {
        var names = root.Get("categories").Items()
            .Where(category => category.Get("id").Text() is not null && category.Get("name").Text() is not null)
            .GroupBy(category => category.Get("id").Text()!, category => category.Get("name").Text()!, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var categories = root.Get("annotations").Items()
            .ToLookup(annotation => annotation.Get("image_id").Text(), annotation => annotation.Get("category_id").Text(), StringComparer.Ordinal);
        foreach (var image in root.Get("images").Items())
        {
            var id = image.Get("id").Text();
            var labels = categories[id].Select(category => category is null ? null : names.GetValueOrDefault(category)).OfType<string>();
            yield return Source(image, files) is { } source
                ? new ExportedImage(source, labels)
                : ExportedImage.Failed($"image {id}", "It has neither a file_name nor an address.");
        }
    }

    /// <summary>The file beside the export, else an address, else where the file should be.</summary>
    private static string? Source(JsonElement image, ExportFiles files)
    {
        var name = image.Get("file_name").Text();
        var addresses = Addresses.Select(property => image.Get(property).Text());
        return (name is null ? null : files.FindFile(name))
            ?? addresses.FirstOrDefault(address => address is not null && address.StartsWith("http", StringComparison.OrdinalIgnoreCase))
            ?? (name is null ? null : files.Find(name));
    }
}
