using DandelionMl.Imaging;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>An image whose bytes were fetched and checked, or why they were not.</summary>
internal sealed record FetchedImage(CatalogImage Row, byte[] Bytes, string Sha256, ImageFormat Format, string? Failure = null)
{
    public static FetchedImage Failed(CatalogImage row, string reason) => new(row, [], "", default, reason);
}

/// <summary>A fetched image and where its bytes go.</summary>
/// <param name="Fetched">The image.</param>
/// <param name="Content">What is or will be stored; null if it failed.</param>
/// <param name="IsToPut">Whether it is the first with its bytes, which puts them for all.</param>
internal sealed record ClaimedImage(FetchedImage Fetched, StoredContent? Content, bool IsToPut);

/// <summary>An image whose bytes are stored, or why they are not.</summary>
internal sealed record StoredImage(CatalogImage Row, StoredContent? Content, bool WasPut, string? Failure);
