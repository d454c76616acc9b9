using DandelionMl.Imaging;
using DandelionMl.Imaging.Decoding;
using DandelionMl.Storage;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Ingests a data set's images into the catalog and the store.</summary>
/// <remarks>
/// <para>A row for each image is inserted first; then each image without bytes is fetched, checked, stored under its hash, and its row
/// marked. An interrupted ingestion can be run again and has the same result; known images are not fetched again.</para>
/// <para>Images are fetched and stored several at a time, and marked many by one transaction, but in the order of their rows: of several
/// with the same bytes the first one is always kept. Thread-safe.</para>
/// </remarks>
/// <example>
/// <code>
/// var report = await provider.GetRequiredService&lt;DatasetIngestor&gt;().IngestAsync(new FolderDataset("photos"));
/// Console.WriteLine($"{report.New} new photos, {report.Failures.Count} failed");
/// </code>
/// </example>
public sealed class DatasetIngestor
{
    private const int MarkBatch = 100;

    // What is stored holds no bytes any more, so that many may wait for one that takes long.
    private const int StoreAhead = 4;

    // What a slow source may leave unmarked, to be stored again by the next run if this one is cut off.
    private static readonly TimeSpan MarkLinger = TimeSpan.FromMilliseconds(100);

    // A JPEG is scaled while it is decoded, which spares most of the work and finds all damage.
    private const int CheckedSide = 32;

    private readonly IImageCatalog _catalog;
    private readonly IImageStore _store;
    private readonly IImageDecoder _decoder;
    private readonly IngestionOptions _options;
    private readonly ImageFetcher _fetcher;
    private readonly TimeProvider _time;

    /// <summary>Makes the ingestor.</summary>
    /// <param name="catalog">Takes the rows.</param>
    /// <param name="store">Takes the bytes.</param>
    /// <param name="decoder">Checks whether a file is an image.</param>
    /// <param name="httpClients">Gives the client of the name <see cref="IngestionHttp.ClientName"/>.</param>
    /// <param name="options">Options; the defaults if null.</param>
    /// <param name="limits">Bounds the bytes of an image; the defaults if null.</param>
    /// <param name="timeProvider">Times retries and time-outs; the system's if null.</param>
    public DatasetIngestor(
        IImageCatalog catalog,
        IImageStore store,
        IImageDecoder decoder,
        IHttpClientFactory httpClients,
        IngestionOptions? options = null,
        ImageLimits? limits = null,
        TimeProvider? timeProvider = null)
    {
        _catalog = catalog;
        _store = store;
        _decoder = decoder;
        _options = options ?? new IngestionOptions();
        _time = timeProvider ?? TimeProvider.System;
        _fetcher = new ImageFetcher(httpClients, _options, limits ?? new ImageLimits(), _time);
    }

    /// <summary>Ingests a data set. An image that can't be fetched or read is reported, and the others are still ingested; an
    /// error of the catalog or the store ends the run.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="progress">Receives the progress after each image.</param>
    /// <param name="cancellationToken">Cancels the run; the next one goes on from there.</param>
    /// <exception cref="InvalidDatasetException">The data set can't be read; nothing of it is registered.</exception>
    public Task<IngestionReport> IngestAsync(
        IDataset dataset, IProgress<ItemProgress>? progress = null, CancellationToken cancellationToken = default) =>
        IngestAsync(dataset, _options.RulesFor(isRemote: false), progress, cancellationToken);

    /// <inheritdoc cref="IngestAsync(IDataset, IProgress{ItemProgress}?, CancellationToken)"/>
    /// <param name="dataset">The data set.</param>
    /// <param name="rules">Where its images may come from.</param>
    /// <param name="progress">Receives the progress after each image.</param>
    /// <param name="cancellationToken">Cancels the run; the next one goes on from there.</param>
    internal async Task<IngestionReport> IngestAsync(
        IDataset dataset, SourceRules rules, IProgress<ItemProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var registration = new DatasetRegistration(_catalog, rules);
        await registration.RegisterAsync(dataset, cancellationToken).ConfigureAwait(false);
        return await IngestAsync(registration, dataset, rules, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where an ingestion may fetch from.</summary>
    /// <param name="isRemote">Whether it was asked for over HTTP.</param>
    internal SourceRules RulesFor(bool isRemote) => _options.RulesFor(isRemote);

    /// <summary>The first part of an ingestion alone: inserts a row for each image.
    /// <see cref="IngestRegisteredAsync"/> does the rest.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="rules">Where its images may come from.</param>
    /// <param name="cancellationToken">Cancels the call; the next one goes on from there.</param>
    /// <exception cref="InvalidDatasetException">The data set can't be read; nothing of it is registered.</exception>
    internal async Task<RegistrationReport> RegisterAsync(IDataset dataset, SourceRules rules, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var registration = new DatasetRegistration(_catalog, rules);
        await registration.RegisterAsync(dataset, cancellationToken).ConfigureAwait(false);
        return registration.ToReport();
    }

    /// <summary>The second part of an ingestion alone: fetches and stores what has no bytes yet. The report leaves out what
    /// <see cref="RegisterAsync"/> has told.</summary>
    /// <inheritdoc cref="IngestAsync(IDataset, SourceRules, IProgress{ItemProgress}?, CancellationToken)"/>
    internal async Task<IngestionReport> IngestRegisteredAsync(
        IDataset dataset, SourceRules rules, IProgress<ItemProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var registration = new DatasetRegistration(_catalog, rules);
        await registration.RegisterAsync(dataset, cancellationToken).ConfigureAwait(false);
        registration.DropFindings();
        return await IngestAsync(registration, dataset, rules, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ingests every image that earlier runs, of whatever data set, left without bytes. Some may have been asked for over HTTP, so that
    /// only public addresses are fetched from, unless <see cref="IngestionOptions.AllowPrivateAddresses"/> is true.</summary>
    /// <param name="progress">Receives the progress after each image.</param>
    /// <param name="cancellationToken">Cancels the run; the next one goes on from there.</param>
    public async Task<IngestionReport> IngestLeftOversAsync(
        IProgress<ItemProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var count = (await _catalog.CountByLabelAsync(ImageState.Registered, cancellationToken).ConfigureAwait(false)).Values.Sum();
        var outcome = new IngestionOutcome(new DatasetRegistration(_catalog), checked((int)count), progress);
        var images = _catalog.ListAsync(ImageState.Registered, cancellationToken);
        return await IngestAsync(images, own: null, _options.RulesFor(isRemote: true), outcome, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells what an ingestion would find; changes nothing and fetches nothing.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidDatasetException">The data set can't be read.</exception>
    internal Task<IngestionPreview> PreviewAsync(IDataset dataset, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new DatasetRegistration(_catalog, _options.RulesFor(isRemote: false)).PreviewAsync(dataset, cancellationToken);
    }

    private Task<IngestionReport> IngestAsync(
        DatasetRegistration registration, IDataset dataset, SourceRules rules, IProgress<ItemProgress>? progress, CancellationToken cancellationToken)
    {
        var images = _catalog.ListAsync(ImageState.Registered, cancellationToken).Where(registration.Includes);
        var outcome = new IngestionOutcome(registration, registration.ToIngest, progress);
        return IngestAsync(images, dataset as IImageBytes, rules, outcome, cancellationToken);
    }

    private async Task<IngestionReport> IngestAsync(
        IAsyncEnumerable<CatalogImage> images, IImageBytes? own, SourceRules rules, IngestionOutcome outcome, CancellationToken cancellationToken)
    {
        var claims = new ContentClaims(_store);
        var marking = images
            .SelectInOrderAsync(_options.MaxConcurrency, _options.MaxConcurrency, (row, token) => FetchAsync(row, own, rules, token), cancellationToken)
            .InReadyBatchesAsync(_options.MaxConcurrency, TimeSpan.Zero, _time, cancellationToken)
            .Select((batch, token) => ClaimAsync(claims, batch, token))
            .ReadAheadAsync(maxAhead: 1, cancellationToken)
            .SelectMany(batch => batch)
            .SelectInOrderAsync(_options.MaxConcurrency, StoreAhead * _options.MaxConcurrency, StoreAsync, cancellationToken)
            .InReadyBatchesAsync(MarkBatch, MarkLinger, _time, cancellationToken);
        await foreach (var batch in marking.ConfigureAwait(false))
        {
            await MarkAsync(batch, outcome, cancellationToken).ConfigureAwait(false);
        }

        return outcome.ToReport();
    }

    private async Task<FetchedImage> FetchAsync(CatalogImage row, IImageBytes? own, SourceRules rules, CancellationToken cancellationToken)
    {
        try
        {
            var source = new Uri(row.UrlSource);
            var bytes = await ReadAsync(row, own, cancellationToken).ConfigureAwait(false)
                ?? await _fetcher.FetchAsync(source, rules, cancellationToken).ConfigureAwait(false);
            var sha256 = ContentHash.Of(bytes);
            return ImageSource.IsOtherContent(source, sha256)
                ? FetchedImage.Failed(row, "The file was changed while it was being ingested.")
                : new FetchedImage(row, bytes, sha256, await CheckAsync(bytes, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a server, a file or a picture does is this image's failure alone.
            return FetchedImage.Failed(row, Describe(exception));
        }
    }

    private async Task<byte[]?> ReadAsync(CatalogImage row, IImageBytes? own, CancellationToken cancellationToken)
    {
        if (own is null || await own.OpenAsync(row.UrlSource, cancellationToken).ConfigureAwait(false) is not { } stream)
        {
            return null;
        }

        await using var streamLifetime = stream.ConfigureAwait(false);
        return await _fetcher.ReadAsync(stream, announcedLength: 0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decodes the picture, so that one that is damaged is refused by its name while its source is at hand, and not found at every
    /// training.</summary>
    private Task<ImageFormat> CheckAsync(byte[] bytes, CancellationToken cancellationToken) => DecodingLanes.RunAsync(
        bytes,
        () =>
        {
            var format = _decoder.ReadHeader(bytes).Format;
            _decoder.Decode(bytes, CheckedSide);
            return format;
        },
        cancellationToken);

    private static string Describe(Exception exception) => exception switch
    {
        HttpRequestException { InnerException: PrivateAddressException refusal } => ImageSource.Printable(refusal.Message),
        _ => ImageSource.Printable(exception.Message),
    };

    private async ValueTask<List<ClaimedImage>> ClaimAsync(
        ContentClaims claims, List<FetchedImage> batch, CancellationToken cancellationToken)
    {
        var hashes = batch.Where(image => image.Failure is null).Select(image => image.Sha256).ToList();
        var known = await _catalog.FindByBytesAsync(hashes, cancellationToken).ConfigureAwait(false);
        return batch.ConvertAll(image => known.GetValueOrDefault(image.Sha256) switch
        {
            // A user's photo that nobody has given a label yields to this one, and its object with it.
            { State: ImageState.Pending or ImageState.Rejected } => claims.Claim(image, known: null),
            { State: ImageState.Erased } => claims.Claim(
                FetchedImage.Failed(image.Row, "The same photo was erased; it is not taken in again."), known: null),
            var row => claims.Claim(image, row?.Content),
        });
    }

    private async Task<StoredImage> StoreAsync(ClaimedImage image, CancellationToken cancellationToken)
    {
        if (image.IsToPut)
        {
            using var bytes = new MemoryStream(image.Fetched.Bytes, writable: false);
            await _store.PutAsync(image.Content!.Key, bytes, cancellationToken).ConfigureAwait(false);
        }

        return new StoredImage(image.Fetched.Row, image.Content, image.IsToPut, image.Fetched.Failure);
    }

    private async Task MarkAsync(List<StoredImage> batch, IngestionOutcome outcome, CancellationToken cancellationToken)
    {
        var stored = batch.Where(image => image.Failure is null).ToList();
        var rows = await _catalog.MarkStoredAsync(
            stored.ConvertAll(image => KeyValuePair.Create(image.Row.Id, image.Content!)), cancellationToken).ConfigureAwait(false);
        var marked = rows.ToDictionary(row => row.Id);
        var duplicates = rows.Where(row => row.State == ImageState.Duplicate).Select(row => row.Content?.Sha256).OfType<string>().ToList();
        var originals = await _catalog.FindBySha256Async(duplicates, cancellationToken).ConfigureAwait(false);
        foreach (var image in batch)
        {
            if (image.Failure is { } reason)
            {
                outcome.AddFailure(image.Row, reason);
            }
            else if (marked[image.Row.Id] is { State: ImageState.Duplicate } duplicate)
            {
                await ForgetAsync(image, duplicate, cancellationToken).ConfigureAwait(false);
                outcome.AddDuplicate(duplicate, originals.GetValueOrDefault(duplicate.Content?.Sha256 ?? "") ?? duplicate);
            }
            else
            {
                outcome.AddNew();
            }
        }

        var twins = rows.Where(row => row.State == ImageState.Duplicate && originals.ContainsKey(row.Content?.Sha256 ?? ""))
            .Select(row => (new ManifestEntry(row.UrlSource, row.Label), originals[row.Content!.Sha256])).ToList();
        outcome.AddConflicts(await LabelConflicts.FindAsync(_catalog, twins, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Deletes the object of an image that became a duplicate after it was put: another process took the same bytes in under another
    /// label meanwhile, and nobody refers to this object.</summary>
    private async Task ForgetAsync(StoredImage image, CatalogImage duplicate, CancellationToken cancellationToken)
    {
        if (image.WasPut && duplicate.Content?.Key != image.Content!.Key)
        {
            await _store.DeleteAsync(image.Content.Key, cancellationToken).ConfigureAwait(false);
        }
    }
}
