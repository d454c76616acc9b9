using System.Runtime.CompilerServices;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>A folder with one subfolder for each label, whose files, at any depth, are the images. Hidden files and symbolic links are
/// left out. Labels and files come in ordinal order.</summary>
public sealed class FolderDataset : IDataset
{
    private static readonly EnumerationOptions Visible = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    private static readonly EnumerationOptions VisibleAtAnyDepth = new()
    {
        AttributesToSkip = Visible.AttributesToSkip,
        IgnoreInaccessible = false,
        RecurseSubdirectories = true,
    };

    private readonly string _folder;

    /// <summary>Names the folder; it is read when the data set is.</summary>
    /// <param name="folder">Its path.</param>
    public FolderDataset(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        _folder = Path.GetFullPath(folder);
    }

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var label in Labels())
        {
            foreach (var file in Ordered(Directory.EnumerateFiles(label, "*", VisibleAtAnyDepth)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ManifestEntry(ImageSource.OfFile(file), Path.GetFileName(label));
            }
        }
    }

    private static List<string> Ordered(IEnumerable<string> paths) => [.. paths.Order(StringComparer.Ordinal)];

    private List<string> Labels()
    {
        if (!Directory.Exists(_folder))
        {
            throw new InvalidDatasetException($"There is no folder '{_folder}'.");
        }

        var labels = Ordered(Directory.EnumerateDirectories(_folder, "*", Visible));
        return labels.Count > 0
            ? labels
            : throw new InvalidDatasetException($"Folder '{_folder}' has no subfolders; it needs one subfolder of images for each label.");
    }
}
