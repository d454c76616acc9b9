namespace DandelionMl.Catalog.Ingestion;

/// <summary>A data set that has the bytes of its images at hand, so that they are not fetched from their sources.</summary>
internal interface IImageBytes
{
    /// <summary>Opens an image.</summary>
    /// <param name="source">Its source, in canonical form.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null for one that is fetched from its source after all.</returns>
    Task<Stream?> OpenAsync(string source, CancellationToken cancellationToken);
}
