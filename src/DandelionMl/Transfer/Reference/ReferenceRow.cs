namespace DandelionMl.Transfer.Reference;

/// <summary>A row of the Python system's table <c>plants_data</c>.</summary>
/// <param name="UrlSource">Where the image came from.</param>
/// <param name="UrlS3">Where it is kept, as <c>{endpoint}/{bucket}/{key}</c>; null where it has not been fetched.</param>
/// <param name="Label">Its class.</param>
internal sealed record ReferenceRow(string UrlSource, string? UrlS3, string Label);
