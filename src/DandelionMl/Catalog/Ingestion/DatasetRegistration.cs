using System.Security.Cryptography;
using DandelionMl.Labels;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>The first step of an ingestion: puts a row for each image of a data set into the catalog, and tells which are known
/// already.</summary>
internal sealed class DatasetRegistration
{
    private const int BatchSize = 500;

    private readonly IImageCatalog _catalog;
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toIngest = new(StringComparer.Ordinal);

    public DatasetRegistration(IImageCatalog catalog) => _catalog = catalog;

    public int AlreadyKnown { get; private set; }

    public List<LabelConflict> Conflicts { get; } = [];

    public List<IngestionFailure> Failures { get; } = [];

    /// <summary>How many images of the data set have no bytes yet.</summary>
    public int ToIngest => _toIngest.Count;

    /// <summary>Whether a row without bytes belongs to the data set.</summary>
    public bool Includes(CatalogImage image) => _toIngest.Contains(image.UrlSource);

    public RegistrationReport ToReport() => new(_toIngest.Count, AlreadyKnown, Conflicts, Failures);

    public async Task RegisterAsync(IDataset dataset, CancellationToken cancellationToken)
    {
        var batch = new List<ManifestEntry>(BatchSize);
        await foreach (var entry in dataset.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (TryAdd(entry, out var accepted))
            {
                batch.Add(accepted);
            }

            if (batch.Count == BatchSize)
            {
                await RegisterBatchAsync(batch, cancellationToken).ConfigureAwait(false);
                batch.Clear();
            }
        }

        await RegisterBatchAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    private bool TryAdd(ManifestEntry entry, out ManifestEntry accepted)
    {
        accepted = entry;
        if (!ImageSource.TryNormalise(entry.UrlSource, out var source, out var reason))
        {
            Failures.Add(new IngestionFailure(entry.UrlSource, reason));
            return false;
        }

        try
        {
            ImageLabel.Check(entry.Label);
        }
        catch (InvalidLabelException exception)
        {
            Failures.Add(new IngestionFailure(source, exception.Message));
            return false;
        }

        accepted = new ManifestEntry(source, entry.Label);
        if (_labels.TryAdd(source, entry.Label))
        {
            return true;
        }

        if (_labels[source] != entry.Label)
        {
            Conflicts.Add(new LabelConflict(source, entry.Label, source, _labels[source]));
        }

        return false;
    }

    private async Task RegisterBatchAsync(List<ManifestEntry> batch, CancellationToken cancellationToken)
    {
        var inserted = await _catalog.RegisterAsync(batch, cancellationToken).ConfigureAwait(false);
        if (inserted == batch.Count)
        {
            _toIngest.UnionWith(batch.Select(entry => entry.UrlSource));
            return;
        }

        var found = await _catalog.FindBySourceAsync([.. batch.Select(entry => entry.UrlSource)], cancellationToken).ConfigureAwait(false);
        foreach (var entry in batch)
        {
            if (found.TryGetValue(entry.UrlSource, out var image))
            {
                await SortOutAsync(entry, image, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task SortOutAsync(ManifestEntry entry, CatalogImage image, CancellationToken cancellationToken)
    {
        if (image.Content is null)
        {
            NoteLabel(entry, image);
            _toIngest.Add(image.UrlSource);
        }
        else if (await FindChangeAsync(image, cancellationToken).ConfigureAwait(false) is { } changed)
        {
            await RegisterChangeAsync(new ManifestEntry(changed, entry.Label), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            NoteLabel(entry, image);
            AlreadyKnown++;
        }
    }

    private async Task RegisterChangeAsync(ManifestEntry entry, CancellationToken cancellationToken)
    {
        await _catalog.RegisterAsync([entry], cancellationToken).ConfigureAwait(false);
        if (await _catalog.FindBySourceAsync(entry.UrlSource, cancellationToken).ConfigureAwait(false) is { Content: not null } known)
        {
            NoteLabel(entry, known);
            AlreadyKnown++;
        }
        else
        {
            _toIngest.Add(entry.UrlSource);
        }
    }

    private void NoteLabel(ManifestEntry entry, CatalogImage image)
    {
        if (image.Label != entry.Label)
        {
            Conflicts.Add(new LabelConflict(entry.UrlSource, entry.Label, image.UrlSource, image.Label));
        }
    }

    /// <returns>The source under which a local file's new content is known; null if the file still has the content that was
    /// ingested.</returns>
    private static async Task<string?> FindChangeAsync(CatalogImage image, CancellationToken cancellationToken)
    {
        var source = new Uri(image.UrlSource);
        if (!source.IsFile || image.Content is not { } content)
        {
            return null;
        }

        // The row was made before the file was read: a file last written before that, and as long, is the one that was read.
        var file = new FileInfo(source.LocalPath);
        if (!file.Exists || (file.Length == content.Size && file.LastWriteTimeUtc < image.CreatedAt))
        {
            return null;
        }

        try
        {
            var stream = file.OpenRead();
            await using var streamLifetime = stream.ConfigureAwait(false);
            var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
            return sha256 == content.Sha256 ? null : ImageSource.WithContent(image.UrlSource, sha256);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It was read once and is stored; that it can't be read now takes nothing away.
            return null;
        }
    }
}
