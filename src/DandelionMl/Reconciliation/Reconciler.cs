using DandelionMl.Catalog;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Reconciliation;

/// <summary>Finds what a crash left half done between the store and the database, and finishes it: an object without a row is deleted, a
/// row without an object is given back to the next ingestion; what <see cref="ILeftovers"/> finds is removed. Safe beside running ingestions and other reconcilers.</summary>
/// <param name="store">The objects.</param>
/// <param name="catalog">The rows of photos.</param>
/// <param name="registry">The rows of models.</param>
/// <param name="time">Tells how old an object is.</param>
public sealed class Reconciler(IImageStore store, IImageCatalog catalog, IModelRegistry registry, TimeProvider time)
{
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
        var youngest = time.GetUtcNow() - (gracePeriod ?? DefaultGracePeriod);
        var objects = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        foreach (var prefix in new[] { StorageKeys.RawPrefix, StorageKeys.ModelPrefix })
        {
            await foreach (var item in store.ListAsync(prefix, cancellationToken))
            {
                objects[item.Key] = item;
            }
        }

        var lostImages = new List<LostImage>();
        await foreach (var image in catalog.ListAsync(ImageState.Stored, cancellationToken))
        {
            if (!objects.Remove(image.Content!.Key) && !await store.ExistsAsync(image.Content.Key, cancellationToken))
            {
                lostImages.Add(new LostImage(image.Id, image.UrlSource, image.Content.Key));
            }
        }

        var lostModels = new List<int>();
        foreach (var model in await registry.ListAsync(cancellationToken))
        {
            if (!objects.Remove(model.ArtifactKey) && !await store.ExistsAsync(model.ArtifactKey, cancellationToken))
            {
                lostModels.Add(model.Version);
            }
        }

        var orphans = objects.Values.Where(item => item.LastModified <= youngest).Select(item => item.Key)
            .Order(StringComparer.Ordinal).ToList();
        if (!dryRun)
        {
            await FinishAsync(lostImages, orphans, cancellationToken);
        }

        return new ReconciliationReport(lostImages, lostModels, orphans, objects.Count - orphans.Count, dryRun)
        {
            Leftovers = await CleanAsync(youngest, dryRun, cancellationToken),
        };
    }

    private async Task<List<Leftover>> CleanAsync(DateTimeOffset youngest, bool dryRun, CancellationToken cancellationToken)
    {
        var cleaned = new List<Leftover>();
        foreach (var place in new object[] { store, registry }.OfType<ILeftovers>())
        {
            var found = await place.FindLeftoversAsync(youngest, cancellationToken).ToListAsync(cancellationToken);
            foreach (var leftover in dryRun ? [] : found)
            {
                await place.RemoveLeftoverAsync(leftover, cancellationToken);
            }

            cleaned.AddRange(found);
        }

        return cleaned;
    }

    private async Task FinishAsync(List<LostImage> lostImages, List<string> orphans, CancellationToken cancellationToken)
    {
        foreach (var image in lostImages)
        {
            await catalog.MarkLostAsync(image.Id, cancellationToken);
        }

        foreach (var key in orphans)
        {
            await store.DeleteAsync(key, cancellationToken);
        }
    }
}
