using System.Security.Cryptography;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Transfer.Reference;

/// <summary>Takes over the photos of the Python system: what is labelled joins the training set, what waits for a person waits here. Nothing of
/// that system is changed. It can be cut off at any time and run again.</summary>
internal sealed class ReferenceImport(
    DatasetIngestor ingestor, IImageCatalog catalog, IModelRegistry registry, IImageClassifier classifier, UploadIntake intake)
{
    private const int BatchSize = 500;
    private const int AtOnce = 8;

    /// <summary>Imports what is not there yet, and compares all of it.</summary>
    /// <param name="store">The system's bucket.</param>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="rows">The rows of its table <c>plants_data</c>.</param>
    /// <param name="progress">Receives the number of labelled images done.</param>
    /// <param name="cancellationToken">Cancels it; the next one goes on from there.</param>
    public async Task<ReferenceReport> RunAsync(
        IImageStore store, string bucket, IReadOnlyList<ReferenceRow> rows, IProgress<ItemProgress>? progress, CancellationToken cancellationToken)
    {
        var dataset = new ReferenceDataset(store, bucket, rows);
        var labelled = await ingestor.IngestAsync(dataset, progress, cancellationToken).ConfigureAwait(false);
        var (same, different) = await CompareAsync(store, dataset, cancellationToken).ConfigureAwait(false);
        var pending = await ImportPendingAsync(store, cancellationToken).ConfigureAwait(false);
        var models = await store.ListAsync(StorageKeys.ModelPrefix, cancellationToken).CountAsync(cancellationToken).ConfigureAwait(false);
        return new ReferenceReport(rows.Count, labelled, same, different, pending, models);
    }

    /// <summary>Reads every image of the bucket once more, and compares its hash with that of the photo that stands for it here.</summary>
    private async Task<(int Same, List<IngestionFailure> Different)> CompareAsync(
        IImageStore store, ReferenceDataset dataset, CancellationToken cancellationToken)
    {
        var (same, different) = (0, new List<IngestionFailure>());
        foreach (var batch in dataset.Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal).Chunk(BatchSize))
        {
            var found = await catalog.FindBySourceAsync([.. batch.Select(pair => pair.Key)], cancellationToken).ConfigureAwait(false);
            var problems = new string?[batch.Length];
            var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, batch.Length, limit, async (index, token) =>
            {
                var (source, key) = batch[index];
                problems[index] = await CompareAsync(store, key, found.GetValueOrDefault(source), token).ConfigureAwait(false);
            }).ConfigureAwait(false);
            same += problems.Count(problem => problem is null);
            different.AddRange(batch.Zip(problems).Where(pair => pair.Second is not null)
                .Select(pair => new IngestionFailure(ImageSource.Display(pair.First.Key), pair.Second!)));
        }

        return (same, different);
    }

    private static async Task<string?> CompareAsync(IImageStore store, string key, CatalogImage? image, CancellationToken cancellationToken)
    {
        if (image?.Content is not { } content)
        {
            return "It is not stored here.";
        }

        try
        {
            var stream = await store.OpenReadAsync(key, cancellationToken).ConfigureAwait(false);
            await using var streamLifetime = stream.ConfigureAwait(false);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            return sha256 == content.Sha256 ? null : $"Its SHA-256 is {sha256} there and {content.Sha256} here.";
        }
        catch (ObjectNotFoundException exception)
        {
            return exception.Message;
        }
    }

    private async Task<PendingReport> ImportPendingAsync(IImageStore store, CancellationToken cancellationToken)
    {
        var keys = await store.ListAsync(StorageKeys.PendingPrefix, cancellationToken).Select(item => item.Key)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        if (keys.Count == 0 || await registry.GetChampionAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            return new PendingReport(keys.Count, 0, 0, []);
        }

        var (added, known, failures) = (0, 0, new List<IngestionFailure>());
        foreach (var key in keys)
        {
            try
            {
                using var photo = new MemoryStream();
                var stream = await store.OpenReadAsync(key, cancellationToken).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    await stream.CopyToAsync(photo, cancellationToken).ConfigureAwait(false);
                }

                var prediction = await classifier.ClassifyAsync(photo.ToArray(), cancellationToken).ConfigureAwait(false);
                var submission = await intake.SubmitAsync(photo.ToArray(), prediction, key, cancellationToken).ConfigureAwait(false);
                (added, known) = submission.IsNew ? (added + 1, known) : (added, known + 1);
            }
            catch (Exception exception) when (exception is ImageDecodingException or ObjectNotFoundException or StorageUnavailableException)
            {
                failures.Add(new IngestionFailure(key, exception.Message));
            }
        }

        return new PendingReport(keys.Count - added - known - failures.Count, added, known, failures);
    }
}

/// <summary>What an import gave.</summary>
/// <param name="Rows">Rows of the table.</param>
/// <param name="Labelled">What became of the labelled images.</param>
/// <param name="Compared">Images of the bucket that are the same here, byte by byte.</param>
/// <param name="Different">Those that are not here, or are others.</param>
/// <param name="Pending">What became of the photos that wait for review.</param>
/// <param name="Models">Files of models in the bucket, which are left there: they can run code when they are read.</param>
internal sealed record ReferenceReport(
    int Rows, IngestionReport Labelled, int Compared, IReadOnlyList<IngestionFailure> Different, PendingReport Pending, int Models)
{
    /// <summary>Whether something is to be looked at.</summary>
    public bool HasFailures =>
        Labelled.Failures.Count + Labelled.Conflicts.Count + Different.Count + Pending.Failures.Count + Pending.Left > 0;
}

/// <summary>What became of photos that wait for review.</summary>
/// <param name="Left">Those that were not taken, since there is no model yet that could look at them.</param>
/// <param name="Added">Those that wait for review here now.</param>
/// <param name="Known">Those that are here already.</param>
/// <param name="Failures">Those that can't be read, or for which there is no room.</param>
internal sealed record PendingReport(int Left, int Added, int Known, IReadOnlyList<IngestionFailure> Failures);
