namespace DandelionMl.Catalog.Ingestion;

/// <summary>Which data sets may be asked for over HTTP: those with a name, and those in the allowed folders.</summary>
internal static class DatasetAccess
{
    /// <summary>The setting that names the folders.</summary>
    public const string Setting = $"DandelionMl:Ingestion:{nameof(IngestionOptions.AllowedRoots)}";

    /// <summary>Refuses every other one, in the same words whether it exists or not.</summary>
    /// <param name="folderManifestOrName">What was asked for, as <see cref="Datasets.Find(string)"/> takes it.</param>
    /// <param name="named">The application's own.</param>
    /// <param name="options">Name the folders.</param>
    /// <exception cref="DatasetNotAllowedException">It is neither.</exception>
    public static void Check(string folderManifestOrName, IEnumerable<IDataset> named, IngestionOptions options)
    {
        if (Datasets.FindNamed(folderManifestOrName, named) is null && !options.AllowedRoots.Any(root => IsIn(folderManifestOrName, root)))
        {
            throw new DatasetNotAllowedException(
                $"'{ImageSource.Display(folderManifestOrName)}' may not be ingested over HTTP. Take a data set by its name "
                + $"({string.Join(", ", Datasets.Names(named))}), or add the folder that it is in to {Setting} on the server. "
                + "DatasetIngestor.IngestAsync and the command 'dandelion ingest' take any folder.");
        }
    }

    // What can't be a path is in no folder.
    private static bool IsIn(string path, string root) =>
        path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal) && RealPath.IsWithin(path, root);
}

/// <summary>A data set was asked for over HTTP that is neither known by its name nor in an allowed folder.</summary>
internal sealed class DatasetNotAllowedException(string message) : DandelionMlException(message);
