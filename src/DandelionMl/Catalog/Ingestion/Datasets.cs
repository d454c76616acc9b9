namespace DandelionMl.Catalog.Ingestion;

/// <summary>Finds the data set that a person means by one word.</summary>
public static class Datasets
{
    /// <summary>The data sets that have a name.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = [GreenrDataset.DatasetName];

    /// <summary>A folder, a manifest, or a built-in data set. What exists on disk comes before a name.</summary>
    /// <param name="folderManifestOrName">Path of a folder with one subfolder for each label, path of a <c>url,label</c> file, or one of
    /// <see cref="BuiltIn"/>.</param>
    /// <exception cref="InvalidDatasetException">It is none of these.</exception>
    public static IDataset Find(string folderManifestOrName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folderManifestOrName);
        if (Directory.Exists(folderManifestOrName))
        {
            return new FolderDataset(folderManifestOrName);
        }

        if (File.Exists(folderManifestOrName))
        {
            return new ManifestDataset(folderManifestOrName);
        }

        return folderManifestOrName == GreenrDataset.DatasetName
            ? new GreenrDataset()
            : throw new InvalidDatasetException(
                $"'{folderManifestOrName}' is no folder, no manifest and no built-in data set ({string.Join(", ", BuiltIn)}).");
    }
}
