namespace DandelionMl.Catalog.Ingestion;

/// <summary>Where an ingestion may fetch from.</summary>
/// <param name="IsPublicOnly">Whether to refuse addresses that are not public: of the machine itself, its network, its cloud.</param>
/// <param name="Folders">The folders whose files a manifest or an export may name; null for all.</param>
internal sealed record SourceRules(bool IsPublicOnly = false, IReadOnlyList<string>? Folders = null)
{
    public static readonly SourceRules Any = new();

    /// <summary>Why a source may not be fetched; null if it may. Addresses are judged when they are connected to.</summary>
    /// <param name="source">The source, in canonical form.</param>
    /// <param name="dataset">Who names it; what the application itself names may be any file.</param>
    public string? Refuse(string source, IDataset dataset) =>
        Folders is { } folders && dataset is IListedSources && new Uri(source) is { IsFile: true } file
        && !folders.Any(folder => RealPath.IsWithin(ImageSource.ToPath(file), folder))
            ? $"A run that was started over HTTP reads files only from the folders of {DatasetAccess.Setting}."
            : null;
}
