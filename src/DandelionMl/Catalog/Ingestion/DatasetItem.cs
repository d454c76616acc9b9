using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>What a data set lists: an image, what can't be one, or what a person should know of how it was read.</summary>
internal readonly record struct DatasetItem(ManifestEntry? Entry = null, IngestionFailure? Failure = null, string? Remark = null);

/// <summary>A data set that also tells what it could not list.</summary>
internal interface IItemDataset : IDataset
{
    /// <summary>What <see cref="IDataset.ReadAsync"/> lists, in its order, with failures and remarks between.</summary>
    IAsyncEnumerable<DatasetItem> ReadItemsAsync(CancellationToken cancellationToken = default);
}

internal static class DatasetItems
{
    /// <summary>All that a data set lists.</summary>
    public static IAsyncEnumerable<DatasetItem> ReadItemsAsync(this IDataset dataset, CancellationToken cancellationToken) =>
        dataset is IItemDataset items ? items.ReadItemsAsync(cancellationToken) : WrapAsync(dataset, cancellationToken);

    private static async IAsyncEnumerable<DatasetItem> WrapAsync(
        IDataset dataset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in dataset.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new DatasetItem(entry);
        }
    }
}
