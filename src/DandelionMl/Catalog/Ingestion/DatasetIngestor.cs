using DandelionMl.Imaging;
using DandelionMl.Storage;
using Polly.Timeout;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Takes a data set's images into catalog and store.</summary>
/// <remarks>
/// <para>A row for each image is inserted first; then each image without bytes is fetched, checked, stored under its hash, and its row
/// marked. Ended at any point and run again, an ingestion ends as an undisturbed one would; what is known is not fetched again.</para>
/// <para>Images are fetched and stored several at a time, but marked one after the other in the order of their rows: of several with
/// the same bytes always the first stands for all. Thread-safe.</para>
/// </remarks>
public sealed class DatasetIngestor
{
    private readonly IImageCatalog _catalog;
    private readonly IImageStore _store;
    private readonly IImageDecoder _decoder;
    private readonly IngestionOptions _options;
    private readonly ImageFetcher _fetcher;

    /// <summary>Makes the ingestor.</summary>
    /// <param name="catalog">Takes the rows.</param>
    /// <param name="store">Takes the bytes.</param>
    /// <param name="decoder">Tells what is an image.</param>
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
        _fetcher = new ImageFetcher(httpClients, _options, limits ?? new ImageLimits(), timeProvider ?? TimeProvider.System);
    }

    /// <summary>Ingests a data set. An image that can't be had or read is reported, and the rest go on; an error of the catalog or the
    /// store ends the run.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="progress">Told after each image.</param>
    /// <param name="cancellationToken">Cancels the run; the next one goes on from there.</param>
    /// <exception cref="InvalidDatasetException">The data set can't be read.</exception>
    public async Task<IngestionReport> IngestAsync(
        IDataset dataset, IProgress<IngestionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var registration = new DatasetRegistration(_catalog);
        await registration.RegisterAsync(dataset, cancellationToken);
        return await IngestAsync(registration, registration.Includes, progress, cancellationToken);
    }

    /// <summary>The first part of an ingestion alone: inserts a row for each image. <see cref="IngestLeftOversAsync"/> does the
    /// rest.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="cancellationToken">Cancels the call; the next one goes on from there.</param>
    /// <exception cref="InvalidDatasetException">The data set can't be read.</exception>
    public async Task<RegistrationReport> RegisterAsync(IDataset dataset, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var registration = new DatasetRegistration(_catalog);
        await registration.RegisterAsync(dataset, cancellationToken);
        return registration.ToReport();
    }

    /// <summary>Ingests every image that earlier runs, of whatever data set, left without bytes.</summary>
    /// <param name="progress">Told after each image.</param>
    /// <param name="cancellationToken">Cancels the run; the next one goes on from there.</param>
    public Task<IngestionReport> IngestLeftOversAsync(
        IProgress<IngestionProgress>? progress = null, CancellationToken cancellationToken = default) =>
        IngestAsync(new DatasetRegistration(_catalog), static _ => true, progress, cancellationToken);

    private async Task<IngestionReport> IngestAsync(
        DatasetRegistration registration,
        Func<CatalogImage, bool> isWanted,
        IProgress<IngestionProgress>? progress,
        CancellationToken cancellationToken)
    {
        var images = await _catalog.ListAsync(ImageState.Registered, cancellationToken).Where(isWanted).ToListAsync(cancellationToken);
        var outcome = new IngestionOutcome(registration, images.Count, progress);
        var claims = new ContentClaims(_store);
        var stored = images.ToAsyncEnumerable()
            .SelectInOrderAsync(_options.MaxConcurrency, FetchAsync, cancellationToken)
            .Select(claims.Claim)
            .SelectInOrderAsync(_options.MaxConcurrency, StoreAsync, cancellationToken);
        await foreach (var image in stored)
        {
            if (image.Failure is { } reason)
            {
                outcome.AddFailure(image.Row.UrlSource, reason);
            }
            else
            {
                await MarkAsync(image, outcome, cancellationToken);
            }
        }

        return outcome.ToReport();
    }

    private async Task<FetchedImage> FetchAsync(CatalogImage row, CancellationToken cancellationToken)
    {
        try
        {
            var source = new Uri(row.UrlSource);
            var bytes = await _fetcher.FetchAsync(source, cancellationToken);
            var sha256 = ContentHash.Of(bytes);
            return ImageSource.IsOtherContent(source, sha256)
                ? FetchedImage.Failed(row, "The file was changed while it was being ingested.")
                : new FetchedImage(row, bytes, sha256, _decoder.ReadHeader(bytes).Format);
        }
        catch (Exception exception) when (IsFailureOfTheImage(exception, cancellationToken))
        {
            return FetchedImage.Failed(row, exception.Message);
        }
    }

    private async Task<StoredImage> StoreAsync(ClaimedImage image, CancellationToken cancellationToken)
    {
        if (image.Fetched.Failure is { } reason)
        {
            return new StoredImage(image.Fetched.Row, null, WasPut: false, reason);
        }

        var content = image.Content!;
        var known = await _catalog.FindBySha256Async(content.Sha256, cancellationToken);
        var isPut = known is null && image.IsFirst;
        if (isPut)
        {
            using var bytes = new MemoryStream(image.Fetched.Bytes, writable: false);
            await _store.PutAsync(content.Key, bytes, cancellationToken);
        }

        return new StoredImage(image.Fetched.Row, known?.Content ?? content, isPut, null);
    }

    private async Task MarkAsync(StoredImage image, IngestionOutcome outcome, CancellationToken cancellationToken)
    {
        var content = image.Content!;
        var row = await _catalog.MarkStoredAsync(image.Row.Id, content, cancellationToken);
        if (row.State != ImageState.Duplicate)
        {
            outcome.AddNew();
            return;
        }

        // Another process took the same bytes in under another label meanwhile: nobody refers to this object.
        if (image.WasPut && row.Content?.Key != content.Key)
        {
            await _store.DeleteAsync(content.Key, cancellationToken);
        }

        outcome.AddDuplicate(row, await _catalog.FindBySha256Async(content.Sha256, cancellationToken) ?? row);
    }

    private static bool IsFailureOfTheImage(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        ImageDecodingException or HttpRequestException or IOException or UnauthorizedAccessException or TimeoutRejectedException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };
}
