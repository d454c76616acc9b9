using DandelionMl.Catalog;
using DandelionMl.Storage;

namespace DandelionMl.Reconciliation;

/// <summary>What a reconciliation found, and mended unless it was a dry run.</summary>
/// <param name="LostImages">Photos whose object is gone. The rows of those that were ingested are registered again, for the next ingestion
/// to fetch; those of users' photos are only reported.</param>
/// <param name="LostModels">Model versions whose artifact is gone; they can't be served any more, and are only reported.</param>
/// <param name="Misplaced">Photos whose move was cut off; it is finished.</param>
/// <param name="Orphans">Keys of objects without a row, older than the grace period; deleted.</param>
/// <param name="RecentObjects">Number of objects without a row that may be on their way into the database; left alone.</param>
/// <param name="DryRun">Whether nothing was changed.</param>
public sealed record ReconciliationReport(
    IReadOnlyList<LostImage> LostImages,
    IReadOnlyList<int> LostModels,
    IReadOnlyList<MisplacedImage> Misplaced,
    IReadOnlyList<string> Orphans,
    int RecentObjects,
    bool DryRun)
{
    /// <summary>What interrupted work left in store and registry, older than the grace period; removed.</summary>
    public IReadOnlyList<Leftover> Leftovers { get; init; } = [];
}

/// <summary>A photo whose object is gone.</summary>
/// <param name="Id">Its row.</param>
/// <param name="UrlSource">Where it came from.</param>
/// <param name="Key">The key that its object had.</param>
/// <param name="State">How far the photo was.</param>
public sealed record LostImage(long Id, string UrlSource, string Key, ImageState State);

/// <summary>A photo whose object is not where its row's state and label ask for.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Key">Where its object is.</param>
/// <param name="Destination">Where it belongs.</param>
public sealed record MisplacedImage(long Id, string Key, string Destination);
