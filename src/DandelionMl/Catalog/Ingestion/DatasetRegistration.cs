using DandelionMl.Labels;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>The first step of an ingestion: puts a row for each image of a data set into the catalog, and tells which are known
/// already. The whole data set is read before the first row is made, so that one that is refused leaves nothing.</summary>
internal sealed class DatasetRegistration
{
    private const int BatchSize = 500;

    private readonly IImageCatalog _catalog;
    private readonly SourceRules _rules;
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly List<ManifestEntry> _entries = [];
    private readonly HashSet<string> _toIngest = new(StringComparer.Ordinal);

    public DatasetRegistration(IImageCatalog catalog, SourceRules? rules = null) =>
        (_catalog, _rules) = (catalog, rules ?? SourceRules.Any);

    public int AlreadyKnown { get; private set; }

    public List<LabelConflict> Conflicts { get; } = [];

    public List<IngestionFailure> Failures { get; } = [];

    public List<string> Remarks { get; } = [];

    /// <summary>How many images of the data set have no bytes yet.</summary>
    public int ToIngest => _toIngest.Count;

    /// <summary>Whether a row without bytes belongs to the data set.</summary>
    public bool Includes(CatalogImage image) => _toIngest.Contains(image.UrlSource);

    public RegistrationReport ToReport() => new(_toIngest.Count, AlreadyKnown, Conflicts, Failures, Remarks);

    /// <summary>Leaves out of all reports what was found so far, since it was told before.</summary>
    public void DropFindings()
    {
        Conflicts.Clear();
        Failures.Clear();
        Remarks.Clear();
    }

    public async Task RegisterAsync(IDataset dataset, CancellationToken cancellationToken)
    {
        await ReadAsync(dataset, cancellationToken).ConfigureAwait(false);
        foreach (var batch in _entries.Chunk(BatchSize))
        {
            await RegisterBatchAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        await NoteTwinsAsync(_entries.Where(entry => _toIngest.Contains(entry.UrlSource)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells what <see cref="RegisterAsync"/> would find, and changes nothing.</summary>
    public async Task<IngestionPreview> PreviewAsync(IDataset dataset, CancellationToken cancellationToken)
    {
        await ReadAsync(dataset, cancellationToken).ConfigureAwait(false);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var batch in _entries.Chunk(BatchSize))
        {
            var found = await FindAsync(batch, cancellationToken).ConfigureAwait(false);
            var stored = found.Where(pair => pair.Image.Content is not null).ToList();
            await NoteConflictsAsync(stored, cancellationToken).ConfigureAwait(false);
            known.UnionWith(stored.Select(pair => pair.Entry.UrlSource));
        }

        await NoteTwinsAsync(_entries.Where(entry => !known.Contains(entry.UrlSource)), cancellationToken).ConfigureAwait(false);
        var classes = _entries.GroupBy(entry => entry.Label, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (Label: group.Key, Count: group.Count(), Known: group.Count(entry => known.Contains(entry.UrlSource))))
            .Select(item => new ClassPreview(item.Label, item.Count - item.Known, item.Known));
        return new IngestionPreview([.. classes], Conflicts, Failures, Remarks);
    }

    private async Task ReadAsync(IDataset dataset, CancellationToken cancellationToken)
    {
        await foreach (var item in dataset.ReadItemsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (item.Entry is { } entry)
            {
                Add(entry, dataset);
            }

            if (item.Failure is { } failure)
            {
                Failures.Add(failure with { Source = ImageSource.Display(failure.Source) });
            }

            if (item.Remark is { } remark)
            {
                Remarks.Add(remark);
            }
        }

        if (_entries.Count == 0 && Failures.Count == 0)
        {
            Remarks.Add($"'{dataset.Name}' lists no photos.");
        }
    }

    private void Add(ManifestEntry entry, IDataset dataset)
    {
        if (!ImageSource.TryNormalise(entry.UrlSource, out var source, out var reason) || (reason = _rules.Refuse(source, dataset)) is not null)
        {
            Failures.Add(new IngestionFailure(ImageSource.Display(entry.UrlSource), reason));
            return;
        }

        try
        {
            ImageLabel.Check(entry.Label);
            entry = entry with { Label = ImageLabel.Normalise(entry.Label) };
        }
        catch (InvalidLabelException exception)
        {
            Failures.Add(new IngestionFailure(ImageSource.Display(source), exception.Message));
            return;
        }

        if (_labels.TryAdd(source, entry.Label))
        {
            _entries.Add(new ManifestEntry(source, entry.Label));
        }
        else if (_labels[source] != entry.Label)
        {
            var shown = ImageSource.Display(source);
            Conflicts.Add(new LabelConflict(shown, entry.Label, shown, _labels[source]));
        }
    }

    /// <summary>A folder with a mistake in its name would quietly be a class of its own: says which labels of photos that are new differ from
    /// a class that there is, or from each other, in case, accents or spaces alone.</summary>
    private async Task NoteTwinsAsync(IEnumerable<ManifestEntry> entries, CancellationToken cancellationToken)
    {
        var own = entries.CountBy(entry => entry.Label, StringComparer.Ordinal).OrderByDescending(item => item.Value)
            .ThenBy(item => item.Key, StringComparer.Ordinal).Select(item => item.Key).ToList();
        if (own.Count == 0)
        {
            return;
        }

        var stored = await _catalog.CountByLabelAsync(ImageState.Stored, cancellationToken).ConfigureAwait(false);
        var validated = await _catalog.CountByLabelAsync(ImageState.Validated, cancellationToken).ConfigureAwait(false);

        // The class that there is comes first, then the larger one.
        var classes = stored.Keys.Concat(validated.Keys).Order(StringComparer.Ordinal).Concat(own).Distinct(StringComparer.Ordinal)
            .GroupBy(ImageLabel.Plain, StringComparer.Ordinal).ToDictionary(twins => twins.Key, twins => twins.First(), StringComparer.Ordinal);
        Remarks.AddRange(own.Select(label => (Label: label, Class: classes[ImageLabel.Plain(label)])).Where(pair => pair.Label != pair.Class)
            .Select(pair => $"'{pair.Label}' differs from the class '{pair.Class}' only in case, accents or spaces. Merge them if they are the same."));
    }

    private async Task RegisterBatchAsync(ManifestEntry[] batch, CancellationToken cancellationToken)
    {
        var inserted = await _catalog.RegisterAsync(batch, cancellationToken).ConfigureAwait(false);
        if (inserted == batch.Length)
        {
            _toIngest.UnionWith(batch.Select(entry => entry.UrlSource));
            return;
        }

        var known = new List<(ManifestEntry Entry, CatalogImage Image)>();
        foreach (var (entry, image) in await FindAsync(batch, cancellationToken).ConfigureAwait(false))
        {
            if (image.Content is null)
            {
                _toIngest.Add(image.UrlSource);
            }
            else if (await FileChange.FindAsync(image, cancellationToken).ConfigureAwait(false) is not { } changed)
            {
                known.Add((entry, image));
            }
            else if (await RegisterChangeAsync(new ManifestEntry(changed, entry.Label), cancellationToken).ConfigureAwait(false) is { } earlier)
            {
                known.Add((entry, earlier));
            }
        }

        AlreadyKnown += known.Count;
        await NoteConflictsAsync(known, cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<(ManifestEntry Entry, CatalogImage Image)>> FindAsync(
        IReadOnlyCollection<ManifestEntry> batch, CancellationToken cancellationToken)
    {
        var found = await _catalog.FindBySourceAsync([.. batch.Select(entry => entry.UrlSource)], cancellationToken).ConfigureAwait(false);
        return [.. batch.Where(entry => found.ContainsKey(entry.UrlSource)).Select(entry => (entry, found[entry.UrlSource]))];
    }

    /// <returns>The row of the new content, if that is known already.</returns>
    private async Task<CatalogImage?> RegisterChangeAsync(ManifestEntry entry, CancellationToken cancellationToken)
    {
        await _catalog.RegisterAsync([entry], cancellationToken).ConfigureAwait(false);
        if (await _catalog.FindBySourceAsync(entry.UrlSource, cancellationToken).ConfigureAwait(false) is { Content: not null } known)
        {
            return known;
        }

        _toIngest.Add(entry.UrlSource);
        return null;
    }

    private async Task NoteConflictsAsync(List<(ManifestEntry Entry, CatalogImage Image)> known, CancellationToken cancellationToken)
    {
        // A duplicate has the label that it came with; the one that counts is that of the image which stands for it.
        // One whose image was erased has no bytes.
        var hashes = known.Where(pair => pair.Image.State == ImageState.Duplicate).Select(pair => pair.Image.Content?.Sha256).OfType<string>().ToList();
        var originals = await _catalog.FindBySha256Async(hashes, cancellationToken).ConfigureAwait(false);
        var conflicts = known.ConvertAll(pair => pair.Image is { State: ImageState.Duplicate, Content: { } content }
            && originals.TryGetValue(content.Sha256, out var original) ? (pair.Entry, Image: original) : pair);
        Conflicts.AddRange(await LabelConflicts.FindAsync(_catalog, conflicts, cancellationToken).ConfigureAwait(false));
    }
}
