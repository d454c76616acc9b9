using System.Text.Json;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>Azure Custom Vision's tagged images, as its training API lists them (<c>GetTaggedImages</c>): a list of images, each with
/// <c>originalImageUri</c> and <c>tags</c>. Several lists in one file may stand in one list of lists.</summary>
/// <remarks>https://learn.microsoft.com/rest/api/customvision. What Azure writes as COCO is read by <see cref="CocoFormat"/>.</remarks>
internal sealed class CustomVisionFormat() : ExportFormat("custom-vision", "Azure Custom Vision")
{
    public override bool IsOf(JsonElement root) => ((JsonElement?)root).IsListOf(IsPageOrImage) && Images(root).Any();

    public override IEnumerable<ExportedImage> Read(JsonElement root, ExportFiles files)
    {
        foreach (var image in Images(root))
        {
            var tags = image.Get("tags").Items().Select(tag => tag.Get("tagName").Text()).OfType<string>();
            yield return new ExportedImage(files.Find(Source(image)!), tags);
        }
    }

    private static bool IsPageOrImage(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array || (Source(element) is not null && element.Get("tags") is null or { ValueKind: JsonValueKind.Array });

    private static string? Source(JsonElement image) => (image.Get("originalImageUri") ?? image.Get("resizedImageUri")).Text();

    private static IEnumerable<JsonElement> Images(JsonElement root) => root.EnumerateArray()
        .SelectMany(element => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().AsEnumerable() : [element])
        .Where(element => Source(element) is not null);
}
