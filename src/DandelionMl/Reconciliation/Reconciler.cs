using System.Diagnostics.CodeAnalysis;
using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.Photos;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Reconciliation;

/// <summary>Finds and repairs differences between the store and the database after a crash: an object without a row is deleted, a row
/// without an object is left to the next ingestion, an object whose key does not match its row's state and label is moved, and what <see cref="ILeftovers"/> finds is removed. Safe beside running ingestions, reviews and other reconcilers.</summary>
[Experimental(DandelionMlExperiments.Reconciliation)]
public sealed class Reconciler
{
    private static readonly ImageState[] StatesWithObjects =
        [ImageState.Stored, ImageState.Pending, ImageState.Validated, ImageState.Rejected, ImageState.Withdrawn];

    private readonly IImageStore _store;
    private readonly IImageCatalog _catalog;
    private readonly IModelRegistry _registry;
    private readonly Database _database;
    private readonly ImageRelocator _relocator;
    private readonly TimeProvider _time;

    internal Reconciler(
        IImageStore store, IImageCatalog catalog, IModelRegistry registry, Database database, ImageRelocator relocator, TimeProvider time)
    {
        (_store, _catalog, _registry) = (store, catalog, registry);
        (_database, _relocator, _time) = (database, relocator, time);
    }

    /// <summary>Age from which an object without a row counts as left behind, rather than as on its way into the database: 1 hour.</summary>
    public static TimeSpan DefaultGracePeriod { get; } = TimeSpan.FromHours(1);

    /// <summary>Reconciles store and database.</summary>
    /// <param name="dryRun">Whether only to report.</param>
    /// <param name="gracePeriod">Age from which an object without a row is deleted; null for
    /// <see cref="DefaultGracePeriod"/>.</param>
    /// <param name="cancellationToken">Cancels the run; what was done stays done.</param>
    public async Task<ReconciliationReport> ReconcileAsync(
        bool dryRun = false, TimeSpan? gracePeriod = null, CancellationToken cancellationToken = default)
    {
        // Objects first: whatever gets a row meanwhile is not taken for an orphan, and a row is only lost if its object is asked for again.
        var youngest = _time.GetUtcNow() - (gracePeriod ?? DefaultGracePeriod);
        var objects = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        foreach (var prefix in new[] { StorageKeys.RawPrefix, StorageKeys.ModelPrefix })
        {
            await foreach (var item in _store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                objects[item.Key] = item;
            }
        }

        var (lostImages, misplaced) = await CompareImagesAsync(objects, cancellationToken).ConfigureAwait(false);
        var lostModels = new List<int>();
        foreach (var model in await _registry.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!objects.Remove(model.ArtifactKey) && !await _store.ExistsAsync(model.ArtifactKey, cancellationToken).ConfigureAwait(false))
            {
                lostModels.Add(model.Version);
            }
        }

        var orphans = objects.Values.Where(item => item.LastModified <= youngest).Select(item => item.Key)
            .Order(StringComparer.Ordinal).ToList();
        if (!dryRun)
        {
            await FinishAsync(lostImages, misplaced, orphans, cancellationToken).ConfigureAwait(false);
        }

        return new ReconciliationReport
        {
            LostImages = lostImages,
            LostModels = lostModels,
            Misplaced = misplaced,
            Orphans = orphans,
            RecentObjects = objects.Count - orphans.Count,
            DryRun = dryRun,
            Leftovers = await CleanAsync(youngest, dryRun, cancellationToken).ConfigureAwait(false),
        };
    }

    private async Task<List<Leftover>> CleanAsync(DateTimeOffset youngest, bool dryRun, CancellationToken cancellationToken)
    {
        var cleaned = new List<Leftover>();
        foreach (var place in new object[] { _store, _registry }.OfType<ILeftovers>())
        {
            var found = await place.FindLeftoversAsync(youngest, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
            foreach (var leftover in dryRun ? [] : found)
            {
                await place.RemoveLeftoverAsync(leftover, cancellationToken).ConfigureAwait(false);
            }

            cleaned.AddRange(found);
        }

        return cleaned;
    }

    /// <summary>Takes the objects that have a row out of those listed.</summary>
    private async Task<(List<LostImage> Lost, List<MisplacedImage> Misplaced)> CompareImagesAsync(
        Dictionary<string, StoredObject> objects, CancellationToken cancellationToken)
    {
        var (lost, misplaced) = (new List<LostImage>(), new List<MisplacedImage>());
        foreach (var state in StatesWithObjects)
        {
            await foreach (var image in _catalog.ListAsync(state, cancellationToken).ConfigureAwait(false))
            {
                var key = image.Content!.Key;
                if (!objects.Remove(key) && !await _store.ExistsAsync(key, cancellationToken).ConfigureAwait(false))
                {
                    lost.Add(new LostImage(image.Id, image.UrlSource, key, state));
                }
                else if (key.StartsWith(StorageKeys.RawPrefix, StringComparison.Ordinal)
                    && ImageRelocator.Destination(image) is { } destination && destination != key)
                {
                    misplaced.Add(new MisplacedImage(image.Id, key, destination));
                }
            }
        }

        foreach (var key in await _database.ReadAsync(UploadRows.ListOriginalKeysAsync, cancellationToken).ConfigureAwait(false))
        {
            objects.Remove(key);
        }

        return (lost, misplaced);
    }

    private async Task FinishAsync(
        List<LostImage> lostImages, List<MisplacedImage> misplaced, List<string> orphans, CancellationToken cancellationToken)
    {
        // A user's photo can't be fetched again: its row stays as it is, and is reported again.
        foreach (var image in lostImages.Where(image => !UploadRows.IsUpload(image.UrlSource)))
        {
            await _catalog.MarkLostAsync(image.Id, cancellationToken).ConfigureAwait(false);
        }

        foreach (var image in misplaced)
        {
            await _relocator.RelocateAsync(image.Id, cancellationToken).ConfigureAwait(false);
        }

        foreach (var key in orphans)
        {
            // A photo may have been moved back meanwhile, as when its review is undone.
            if (!await _database.ReadAsync(session => ImageRows.IsReferencedAsync(session, key), cancellationToken).ConfigureAwait(false))
            {
                await _store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
