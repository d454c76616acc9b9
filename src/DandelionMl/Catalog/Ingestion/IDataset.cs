namespace DandelionMl.Catalog.Ingestion;

/// <summary>A source of labelled images: where each one is and what it shows.</summary>
public interface IDataset
{
    /// <summary>Its name, for people.</summary>
    string Name { get; }

    /// <summary>Lists its images, always in the same order. A source is an absolute <c>http</c>, <c>https</c> or <c>file</c> URI; an entry
    /// with any other is reported by the ingestion and left out.</summary>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <exception cref="InvalidDatasetException">The data set can't be read.</exception>
    IAsyncEnumerable<ManifestEntry> ReadAsync(CancellationToken cancellationToken = default);
}
