using System.Globalization;
using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>The 400 photos of dandelions and grass, 200 of each, of the public data set <c>greenr</c>
/// (<see href="https://github.com/btphan95/greenr-airflow"/>). Nothing of it ships with the library: it is downloaded.</summary>
internal sealed class GreenrDataset : IDataset
{
    /// <summary>The name that it is asked for by.</summary>
    public const string DatasetName = "greenr";

    private const int ImagesPerLabel = 200;
    private const string Root = "https://raw.githubusercontent.com/btphan95/greenr-airflow/refs/heads/master/data";

    /// <inheritdoc/>
    public string Name => DatasetName;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var label in (string[])["dandelion", "grass"])
        {
            for (var i = 0; i < ImagesPerLabel; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ManifestEntry(string.Create(CultureInfo.InvariantCulture, $"{Root}/{label}/{i:D8}.jpg"), label);
            }
        }
    }
}
