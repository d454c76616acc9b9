namespace DandelionMl.Catalog.Ingestion;

/// <summary>Finds the data set that a person means by one word.</summary>
internal static class Datasets
{
    /// <summary>The data sets that have a name.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } = [GreenrDataset.DatasetName];

    /// <summary>A folder, a manifest, another tool's export, or a built-in data set. What exists on disk comes before a name.</summary>
    /// <param name="folderManifestOrName">Path of a folder with one subfolder for each label, path of a <c>url,label</c> file, path of an export
    /// or its folder, or one of <see cref="BuiltIn"/>.</param>
    /// <exception cref="InvalidDatasetException">It is none of these.</exception>
    public static IDataset Find(string folderManifestOrName) => Find(folderManifestOrName, []);

    /// <summary>A folder, a manifest, another tool's export, a built-in data set or one of the application's own. What exists on disk comes before a
    /// name.</summary>
    /// <param name="folderManifestOrName">Path of a folder with one subfolder for each label, path of a <c>url,label</c> file, path of an export
    /// or its folder, or a name.</param>
    /// <param name="named">The application's own, found by their names; those that it has registered as services of the type
    /// <see cref="IDataset"/> are what its pipelines find.</param>
    /// <exception cref="InvalidDatasetException">It is none of these.</exception>
    public static IDataset Find(string folderManifestOrName, IEnumerable<IDataset> named)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folderManifestOrName);
        ArgumentNullException.ThrowIfNull(named);
        if (Directory.Exists(folderManifestOrName) || File.Exists(folderManifestOrName))
        {
            return DatasetFormats.Recognise(folderManifestOrName);
        }

        return FindNamed(folderManifestOrName, named) ?? throw new InvalidDatasetException(
            $"'{ImageSource.Display(folderManifestOrName)}' is not a folder, a manifest, an export or a built-in data set ({string.Join(", ", Names(named))}).");
    }

    /// <summary>A built-in data set or one of the application's own, whatever there is on disk; null if none has the name.</summary>
    public static IDataset? FindNamed(string name, IEnumerable<IDataset> named) =>
        named.Append(new GreenrDataset()).FirstOrDefault(dataset => dataset.Name == name);

    /// <summary>The names that <see cref="FindNamed"/> knows.</summary>
    public static IEnumerable<string> Names(IEnumerable<IDataset> named) => named.Select(dataset => dataset.Name).Concat(BuiltIn);
}
