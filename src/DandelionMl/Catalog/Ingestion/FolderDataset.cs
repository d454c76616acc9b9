using System.Globalization;
using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>A folder with one subfolder for each label, whose files, at any depth, are the images. Hidden files are left out, links are
/// followed. Labels and files come in ordinal order.</summary>
/// <remarks>
/// <para>Where all subfolders are called <c>train</c>, <c>valid</c>, <c>val</c> or <c>test</c> and have subfolders themselves, these are the
/// labels. The test photos are left out, since they are to measure a model on.</para>
/// <para>What can't be read, such as a folder without access, a link to nothing or a name that is not UTF-8, is left out;
/// an ingestion reports it.</para>
/// </remarks>
public sealed class FolderDataset : IItemDataset
{
    private readonly string _folder;
    private readonly bool _toMeasure;

    /// <summary>Names the folder; it is read when the data set is.</summary>
    /// <param name="folder">Its path.</param>
    public FolderDataset(string folder)
        : this(folder, toMeasure: false)
    {
    }

    /// <param name="folder">Its path.</param>
    /// <param name="toMeasure">Whether a model is to be measured on it: of parts for training and test, the latter is taken.</param>
    internal FolderDataset(string folder, bool toMeasure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        (_folder, _toMeasure) = (Path.GetFullPath(folder), toMeasure);
    }

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public IAsyncEnumerable<ManifestEntry> ReadAsync(CancellationToken cancellationToken = default) =>
        ((IItemDataset)this).ReadItemsAsync(cancellationToken).Where(item => item.Entry is not null).Select(item => item.Entry!);

    async IAsyncEnumerable<DatasetItem> IItemDataset.ReadItemsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var (labels, items) = ReadLabels();
        foreach (var item in items)
        {
            yield return item;
        }

        foreach (var label in labels)
        {
            foreach (var file in FolderWalk.Files(label, _folder))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return file.Failure is { } reason
                    ? new DatasetItem(Failure: new IngestionFailure(file.Path, reason))
                    : new DatasetItem(new ManifestEntry(ImageSource.OfFile(file.Path), Path.GetFileName(label)));
            }
        }
    }

    private (List<string> Labels, List<DatasetItem> Items) ReadLabels()
    {
        if (!Directory.Exists(_folder))
        {
            throw new InvalidDatasetException($"There is no folder '{_folder}'.");
        }

        var (failures, remarks) = (new List<FolderFile>(), new List<string>());
        var (folders, beside) = FolderWalk.Children(_folder, failures);
        if (failures.Exists(failure => failure.Path == _folder))
        {
            throw new InvalidDatasetException($"The folder '{_folder}' can't be read: {failures[0].Failure}");
        }

        if (beside.Count > 0 && folders.Count > 0)
        {
            remarks.Add(string.Create(CultureInfo.InvariantCulture, $"Left out {(beside.Count == 1 ? "1 file" : $"{beside.Count} files")} of '{_folder}' in no label's folder."));
        }

        if (SplitLayout.IsNamedSo(folders))
        {
            folders = ReadParts(folders, failures, remarks);
        }

        var items = failures.Select(failure => new DatasetItem(Failure: new IngestionFailure(failure.Path, failure.Failure!)))
            .Concat(remarks.Select(remark => new DatasetItem(Remark: remark)));
        return folders.Count > 0 || failures.Count > 0
            ? (folders, [.. items])
            : throw new InvalidDatasetException($"Folder '{_folder}' has no subfolders; it needs one subfolder of images for each label.");
    }

    private List<string> ReadParts(List<string> folders, List<FolderFile> failures, List<string> remarks)
    {
        var ignored = new List<FolderFile>();
        if (folders.Exists(folder => FolderWalk.Children(folder, ignored).Folders.Count == 0))
        {
            remarks.Add($"The labels are {Names(folders)}. If these are parts of a data set, put one subfolder for each label into each.");
            return folders;
        }

        var parts = SplitLayout.Choose(folders, _toMeasure);
        var rest = folders.Except(parts, StringComparer.Ordinal).ToList();
        remarks.Add($"Took {Names(parts)} for parts of a data set, whose subfolders are the labels."
            + (rest.Count == 0 ? "" : _toMeasure ? $" Left out {Names(rest)}." : $" Left out {Names(rest)}, to measure models on."));
        return [.. parts.SelectMany(part => FolderWalk.Children(part, failures).Folders)];
    }

    private static string Names(IEnumerable<string> folders) => string.Join(", ", folders.Select(folder => $"'{Path.GetFileName(folder)}'"));
}
