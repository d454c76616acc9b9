using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion.Exports;

/// <summary>Finds the file in a folder that lists its pictures, as tools export them.</summary>
internal static class ExportFolder
{
    private const int MostFilesLookedAt = 50;

    /// <summary>What a folder is an export of; where it has parts for training and test, each with such a file, all but the test part.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="format">The format that it must have; null for any.</param>
    /// <param name="toMeasure">Whether a model is to be measured on it: the test part is taken then.</param>
    /// <exception cref="InvalidDatasetException">Several files in it are exports.</exception>
    /// <returns>Null if it is none.</returns>
    public static IDataset? Find(string folder, ExportFormat? format = null, bool toMeasure = false)
    {
        if (FindIn(folder, format) is { } found)
        {
            return found;
        }

        var parts = FolderWalk.Children(folder, []).Folders;
        if (!SplitLayout.IsNamedSo(parts))
        {
            return null;
        }

        var chosen = SplitLayout.Choose(parts, toMeasure);
        var datasets = chosen.Select(part => FindIn(part, format)).OfType<IDataset>().ToList();
        return datasets.Count == chosen.Count
            ? new PartsDataset(folder, datasets, LeftOut(parts.Except(chosen, StringComparer.Ordinal), toMeasure))
            : null;
    }

    private static string? LeftOut(IEnumerable<string> parts, bool toMeasure) =>
        string.Join(", ", parts.Select(part => $"'{Path.GetFileName(part)}'")) is { Length: > 0 } names
            ? $"Left out {names}{(toMeasure ? "." : ", to measure models on.")}"
            : null;

    private static IDataset? FindIn(string folder, ExportFormat? format)
    {
        var files = FolderWalk.Children(folder, []).Files;
        if (format is null or RecordsFormat && FindMetadata(folder, files) is { } metadata)
        {
            return metadata;
        }

        var found = files.Where(file => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).Take(MostFilesLookedAt)
            .Select(file => (File: file, Format: TryRecognise(file)))
            .Where(item => item.Format is not null && (format is null || item.Format == format)).ToList();
        return found switch
        {
            [] => null,
            [var one] => new ExportDataset(one.File, one.Format!),
            _ => throw new InvalidDatasetException(
                $"'{folder}' has several exports: {string.Join(", ", found.Select(item => Path.GetFileName(item.File)))}. Name one of these files."),
        };
    }

    /// <summary>The list of one of Hugging Face's image folders, if it has labels.</summary>
    private static IDataset? FindMetadata(string folder, List<string> files)
    {
        var (csv, lines) = (Path.Combine(folder, "metadata.csv"), Path.Combine(folder, "metadata.jsonl"));
        return files.Contains(csv) && ManifestDataset.HasHeader(csv) ? new ManifestDataset(csv)
            : files.Contains(lines) && TryRecognise(lines) is RecordsFormat ? new ExportDataset(lines, new RecordsFormat())
            : null;
    }

    // A file beside photos may be anything.
    private static ExportFormat? TryRecognise(string file)
    {
        try
        {
            return ExportDataset.Recognise(file);
        }
        catch (InvalidDatasetException)
        {
            return null;
        }
    }

    /// <summary>The parts of a data set, one after the other.</summary>
    private sealed class PartsDataset(string folder, IReadOnlyList<IDataset> parts, string? leftOut) : IItemDataset, IListedSources
    {
        public string Name => Path.GetFullPath(folder);

        public IAsyncEnumerable<ManifestEntry> ReadAsync(CancellationToken cancellationToken = default) =>
            ((IItemDataset)this).ReadItemsAsync(cancellationToken).Where(item => item.Entry is not null).Select(item => item.Entry!);

        async IAsyncEnumerable<DatasetItem> IItemDataset.ReadItemsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (leftOut is not null)
            {
                yield return new DatasetItem(Remark: leftOut);
            }

            foreach (var part in parts)
            {
                await foreach (var item in part.ReadItemsAsync(cancellationToken).ConfigureAwait(false))
                {
                    yield return item;
                }
            }
        }
    }
}
