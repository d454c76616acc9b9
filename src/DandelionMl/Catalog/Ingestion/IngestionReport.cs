namespace DandelionMl.Catalog.Ingestion;

/// <summary>What an ingestion did.</summary>
/// <param name="New">Images that were stored.</param>
/// <param name="AlreadyKnown">Images that an earlier run had stored.</param>
/// <param name="Duplicates">Images found to have the bytes of another one.</param>
/// <param name="Conflicts">Images that are known under another label, which stays. Labels that a person gave are none.</param>
/// <param name="Failures">Images that could not be ingested. The next run tries those again that the catalog has a row for.</param>
/// <remarks>Sources are given as people read them: a local file by its path, an address without user name and password.</remarks>
public sealed record IngestionReport(
    int New,
    int AlreadyKnown,
    IReadOnlyList<DuplicateImage> Duplicates,
    IReadOnlyList<LabelConflict> Conflicts,
    IReadOnlyList<IngestionFailure> Failures)
{
    /// <summary>What a person should know of how the data set was read, in words; empty by default.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}

/// <summary>What an ingestion of a data set would find, without fetching anything.</summary>
/// <param name="Classes">Its images by label, in ordinal order.</param>
/// <param name="Conflicts">Images that are known under another label, which would stay.</param>
/// <param name="Failures">Images that could not be ingested, as far as that is known before they are fetched.</param>
/// <param name="Remarks">What a person should know of how the data set was read.</param>
internal sealed record IngestionPreview(
    IReadOnlyList<ClassPreview> Classes,
    IReadOnlyList<LabelConflict> Conflicts,
    IReadOnlyList<IngestionFailure> Failures,
    IReadOnlyList<string> Remarks);

/// <summary>A class of a data set.</summary>
/// <param name="Label">Its name.</param>
/// <param name="ToIngest">Images that would be fetched.</param>
/// <param name="AlreadyKnown">Images that an earlier run has stored.</param>
internal sealed record ClassPreview(string Label, int ToIngest, int AlreadyKnown);

/// <summary>What a registration of a data set's images did.</summary>
/// <param name="ToIngest">Images whose rows have no bytes yet.</param>
/// <param name="AlreadyKnown">Images that an earlier run had stored.</param>
/// <param name="Conflicts">Images that are known under another label, which stays.</param>
/// <param name="Failures">Images that no row could be made for.</param>
/// <param name="Remarks">What a person should know of how the data set was read.</param>
internal sealed record RegistrationReport(
    int ToIngest,
    int AlreadyKnown,
    IReadOnlyList<LabelConflict> Conflicts,
    IReadOnlyList<IngestionFailure> Failures,
    IReadOnlyList<string> Remarks);

/// <summary>An image whose bytes another one has.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Original">Source of the image that stands for both.</param>
public sealed record DuplicateImage(string Source, string Original);

/// <summary>An image that is known under another label.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Label">The label that it was given now.</param>
/// <param name="KeptSource">Source of the known image; another one than <paramref name="Source"/> when only the bytes are the
/// same.</param>
/// <param name="KeptLabel">The label that stays.</param>
public sealed record LabelConflict(string Source, string Label, string KeptSource, string KeptLabel);

/// <summary>An image that could not be ingested.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Reason">The reason, in words.</param>
public sealed record IngestionFailure(string Source, string Reason);
