using System.Diagnostics.CodeAnalysis;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Pairing;
using DandelionMl.Data;
using DandelionMl.Photos;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Reconciliation;

/// <summary>Finds and repairs differences between the store and the database after a crash: an object without a row is moved aside, where it
/// is kept for 30 days; a row without an object is left to the next ingestion, unless the object lies aside and is put back; an object
/// whose key does not match its row's state and label is moved; and the leftovers of interrupted work are removed. Nothing is changed where
/// store and database do not belong together, nor, unless it is asked for, where a large share of the photos would be. Safe beside running
/// ingestions, reviews and other reconcilers.</summary>
[Experimental(DandelionMlExperiments.Reconciliation)]
public sealed class Reconciler
{
    /// <summary>What the keys of objects begin with that were moved aside.</summary>
    public const string AsidePrefix = StorageKeys.AsidePrefix;

    /// <summary>So many are no large share, however few there are in all.</summary>
    private const int Few = 10;

    private static readonly ImageState[] StatesWithObjects =
        [ImageState.Stored, ImageState.Pending, ImageState.Validated, ImageState.Rejected, ImageState.Withdrawn];

    private readonly IImageStore _store;
    private readonly StorePairing _pairing;
    private readonly IImageCatalog _catalog;
    private readonly IModelRegistry _registry;
    private readonly Database _database;
    private readonly ImageRelocator _relocator;
    private readonly PhotoEraser _eraser;
    private readonly TimeProvider _time;
    private readonly ReconciliationTelemetry _telemetry;

    internal Reconciler(
        IImageStore store,
        StorePairing pairing,
        IImageCatalog catalog,
        IModelRegistry registry,
        Database database,
        ImageRelocator relocator,
        PhotoEraser eraser,
        TimeProvider time,
        ReconciliationTelemetry? telemetry = null)
    {
        _telemetry = telemetry ?? new ReconciliationTelemetry();
        (_store, _pairing, _catalog, _registry) = (store, pairing, catalog, registry);
        (_database, _relocator, _eraser, _time) = (database, relocator, eraser, time);
    }

    /// <summary>The shortest time, and the default one, after which an object without a row counts as left behind rather than as on its way
    /// into the database: 1 hour.</summary>
    public static TimeSpan ShortestGracePeriod { get; } = TimeSpan.FromHours(1);

    /// <summary>How long objects are kept that were moved aside: 30 days.</summary>
    public static TimeSpan KeptAside { get; } = TimeSpan.FromDays(30);

    /// <summary>Share of the store's objects, or of the photos, above which nothing is changed without being asked for: 0.1. Up to ten are
    /// never a large share.</summary>
    public static double LargeShare => 0.1;

    /// <summary>Reconciles store and database.</summary>
    /// <param name="dryRun">Whether only to report; null, the default, where more than <see cref="LargeShare"/> of the store's objects or of the
    /// photos would be affected.</param>
    /// <param name="gracePeriod">Age from which an object without a row counts as left behind; null for
    /// <see cref="ShortestGracePeriod"/>.</param>
    /// <param name="verifyContents">Whether all photos and models are read and compared with their hashes; false by default, since it takes
    /// as long as reading the whole store does.</param>
    /// <param name="cancellationToken">Cancels the run; what was done stays done.</param>
    /// <exception cref="ArgumentOutOfRangeException">The grace period is shorter than <see cref="ShortestGracePeriod"/>.</exception>
    /// <exception cref="DatabaseException">The store and the database do not belong together, or the database does not answer.</exception>
    public Task<ReconciliationReport> ReconcileAsync(
        bool? dryRun = null, TimeSpan? gracePeriod = null, bool verifyContents = false, CancellationToken cancellationToken = default)
    {
        var grace = gracePeriod ?? ShortestGracePeriod;
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, ShortestGracePeriod, nameof(gracePeriod));
        return ReconcileAsync(dryRun, _time.GetUtcNow() - grace, verifyContents, cancellationToken);
    }

    /// <summary>Joins the store and the database, though they do not belong together, as after a restored backup. Another installation
    /// on the store is refused from then on.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    /// <exception cref="StorageUnavailableException">The store does not answer.</exception>
    public Task AdoptAsync(CancellationToken cancellationToken = default) => _pairing.AdoptAsync(cancellationToken);

    /// <param name="isDryRun">Whether only to report.</param>
    /// <param name="youngest">When the youngest object was written that counts as left behind.</param>
    /// <param name="verifyContents">Whether all are read.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    internal async Task<ReconciliationReport> ReconcileAsync(
        bool? isDryRun, DateTimeOffset youngest, bool verifyContents, CancellationToken cancellationToken)
    {
        await _pairing.RecheckAsync(cancellationToken).ConfigureAwait(false);

        // Objects first: whatever gets a row meanwhile is not taken for an orphan, and a row is only lost if its object is asked for again.
        var objects = await ListObjectsAsync(cancellationToken).ConfigureAwait(false);
        var aside = await AsideObjects.ListAsync(_store, _time.GetUtcNow() - KeptAside, cancellationToken)
            .ConfigureAwait(false);
        var all = objects.Count;
        var images = await CompareImagesAsync(objects, verifyContents, cancellationToken).ConfigureAwait(false);
        var models = await CompareModelsAsync(objects, verifyContents, cancellationToken).ConfigureAwait(false);

        // Not kept aside for a month, as orphans are.
        var erased = await _eraser.ListUnfinishedAsync(cancellationToken).ConfigureAwait(false);
        foreach (var key in erased)
        {
            objects.Remove(key);
        }

        var orphans = objects.Values.Where(item => item.LastModified <= youngest).Select(item => item.Key)
            .Order(StringComparer.Ordinal).ToList();

        var lost = images.Lost.Where(image => !aside.Has(image.Key)).ToList();
        var isLarge = IsLarge(orphans.Count, all) || IsLarge(lost.Count + images.Damaged.Count, images.Count);
        var dryRun = isDryRun ?? isLarge;
        var plan = new ReconciliationReport
        {
            LostImages = lost,
            LostModels = [.. models.Lost.Where(model => !aside.Has(model.ArtifactKey)).Select(model => model.Version)],
            DamagedImages = images.Damaged,
            DamagedModels = [.. models.Damaged.Select(model => model.Version)],
            Misplaced = images.Misplaced,
            Orphans = orphans,
            PutBack = [.. images.Lost.Select(image => image.Key).Concat(models.Lost.Select(model => model.ArtifactKey)).Where(aside.Has)],
            Expired = aside.Expired,
            Erased = erased,
            RecentObjects = objects.Count - orphans.Count,
            DryRun = dryRun,
            NeedsConfirmation = isDryRun is null && isLarge,
        };
        if (!dryRun)
        {
            await CarryOutAsync(plan, aside, cancellationToken).ConfigureAwait(false);
        }

        var report = plan with { Leftovers = await CleanAsync(youngest, dryRun, cancellationToken).ConfigureAwait(false) };
        _telemetry.Record(report);
        return report;
    }

    private static bool IsLarge(int affected, int all) => affected > Math.Max(Few, all * LargeShare);

    private async Task<Dictionary<string, StoredObject>> ListObjectsAsync(CancellationToken cancellationToken)
    {
        var objects = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        foreach (var prefix in new[] { StorageKeys.RawPrefix, StorageKeys.ModelPrefix })
        {
            await foreach (var item in _store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                objects[item.Key] = item;
            }
        }

        return objects;
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

    /// <summary>Takes the artifacts that have a row out of the objects listed.</summary>
    private async Task<(List<ModelVersion> Lost, List<ModelVersion> Damaged)> CompareModelsAsync(
        Dictionary<string, StoredObject> objects, bool verify, CancellationToken cancellationToken)
    {
        var (lost, damaged) = (new List<ModelVersion>(), new List<ModelVersion>());
        foreach (var model in await _registry.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            var condition = await LookAsync(objects, model.ArtifactKey, model.ArtifactSha256, length: null, verify, cancellationToken).ConfigureAwait(false);
            (condition switch { Condition.Lost => lost, Condition.Damaged => damaged, _ => null })?.Add(model);
        }

        return (lost, damaged);
    }

    /// <summary>Takes the objects that have a row out of those listed.</summary>
    private async Task<(int Count, List<LostImage> Lost, List<LostImage> Damaged, List<MisplacedImage> Misplaced)> CompareImagesAsync(
        Dictionary<string, StoredObject> objects, bool verify, CancellationToken cancellationToken)
    {
        var (lost, damaged, misplaced) = (new List<LostImage>(), new List<LostImage>(), new List<MisplacedImage>());
        var count = 0;
        foreach (var state in StatesWithObjects)
        {
            await foreach (var image in _catalog.ListAsync(state, cancellationToken).ConfigureAwait(false))
            {
                count++;
                var key = image.Content!.Key;
                var condition = await LookAsync(objects, key, image.Content.Sha256, image.Content.Size, verify, cancellationToken).ConfigureAwait(false);
                if (condition != Condition.Whole)
                {
                    (condition == Condition.Lost ? lost : damaged).Add(new LostImage(image.Id, image.UrlSource, key, state));
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

        return (count, lost, damaged, misplaced);
    }

    private async Task<Condition> LookAsync(
        Dictionary<string, StoredObject> objects, string key, string sha256, long? length, bool verify, CancellationToken cancellationToken)
    {
        try
        {
            if (!objects.Remove(key) && !await _store.ExistsAsync(key, cancellationToken).ConfigureAwait(false))
            {
                return Condition.Lost;
            }

            if (verify)
            {
                await _store.VerifyAsync(key, sha256, length, cancellationToken).ConfigureAwait(false);
            }

            return Condition.Whole;
        }
        catch (ObjectNotFoundException)
        {
            return Condition.Lost;
        }
        catch (ObjectCorruptedException)
        {
            return Condition.Damaged;
        }
    }

    private async Task CarryOutAsync(ReconciliationReport plan, AsideObjects aside, CancellationToken cancellationToken)
    {
        foreach (var key in plan.PutBack)
        {
            await aside.PutBackAsync(key, cancellationToken).ConfigureAwait(false);
        }

        // A user's photo can't be fetched again: its row and what is left of it stay as they are, and are reported again.
        var toFetch = plan.LostImages.Concat(plan.DamagedImages).Where(image => !UploadRows.IsUpload(image.UrlSource)).ToList();
        foreach (var image in toFetch)
        {
            await _catalog.MarkLostAsync(image.Id, cancellationToken).ConfigureAwait(false);
        }

        foreach (var image in plan.Misplaced)
        {
            await _relocator.RelocateAsync(image.Id, cancellationToken).ConfigureAwait(false);
        }

        foreach (var key in plan.Orphans.Concat(toFetch.Select(image => image.Key)))
        {
            // A photo may have been moved back meanwhile, as when its review is undone.
            if (!await _database.ReadAsync(session => ImageRows.IsReferencedAsync(session, key), cancellationToken).ConfigureAwait(false))
            {
                await aside.MoveAsync(key, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            }
        }

        await aside.DeleteExpiredAsync(cancellationToken).ConfigureAwait(false);
        await _eraser.FinishAsync(cancellationToken).ConfigureAwait(false);
        await _eraser.DeleteLateEmbeddingsAsync(cancellationToken).ConfigureAwait(false);
    }

    private enum Condition
    {
        Whole,
        Lost,
        Damaged,
    }
}
