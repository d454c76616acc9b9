using System.Diagnostics.CodeAnalysis;
using DandelionMl.Catalog;
using DandelionMl.Storage;

namespace DandelionMl.Reconciliation;

/// <summary>What a reconciliation found, and repaired unless it was a dry run.</summary>
[Experimental(DandelionMlExperiments.Reconciliation)]
public sealed record ReconciliationReport
{
    /// <summary>Photos whose object is gone. The rows of those that were ingested are registered again, for the next ingestion to
    /// fetch; those of users' photos are only reported.</summary>
    public required IReadOnlyList<LostImage> LostImages { get; init => field = ValueList<LostImage>.Of(value); }

    /// <summary>Model versions whose artifact is gone; they can't be served any more, and are only reported.</summary>
    public required IReadOnlyList<int> LostModels { get; init => field = ValueList<int>.Of(value); }

    /// <summary>Photos whose object has other bytes than were stored, where contents were verified. It is moved aside and the photo treated as
    /// a lost one.</summary>
    public IReadOnlyList<LostImage> DamagedImages { get; init => field = ValueList<LostImage>.Of(value); } = [];

    /// <summary>Model versions whose artifact has other bytes than were stored, where contents were verified; only reported.</summary>
    public IReadOnlyList<int> DamagedModels { get; init => field = ValueList<int>.Of(value); } = [];

    /// <summary>Photos whose move was interrupted; it is completed.</summary>
    public required IReadOnlyList<MisplacedImage> Misplaced { get; init => field = ValueList<MisplacedImage>.Of(value); }

    /// <summary>Keys of objects without a row, older than the grace period. They are moved aside, under
    /// <see cref="Reconciler.AsidePrefix"/>.</summary>
    public required IReadOnlyList<string> Orphans { get; init => field = ValueList<string>.Of(value); }

    /// <summary>Keys of objects that had been moved aside and are missed; they are put back.</summary>
    public IReadOnlyList<string> PutBack { get; init => field = ValueList<string>.Of(value); } = [];

    /// <summary>Keys of objects that were moved aside more than <see cref="Reconciler.KeptAside"/> ago; deleted.</summary>
    public IReadOnlyList<string> Expired { get; init => field = ValueList<string>.Of(value); } = [];

    /// <summary>Keys of objects of erased photos that could not be deleted at once; deleted.</summary>
    public IReadOnlyList<string> Erased { get; init => field = ValueList<string>.Of(value); } = [];

    /// <summary>Number of objects without a row that may be on their way into the database; left alone.</summary>
    public required int RecentObjects { get; init; }

    /// <summary>Whether nothing was changed.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Whether nothing was changed because a large share of the photos would have been: see
    /// <see cref="Reconciler.LargeShare"/>.</summary>
    public bool NeedsConfirmation { get; init; }

    /// <summary>Leftovers of interrupted work in the store and the registry, older than the grace period; removed.</summary>
    public IReadOnlyList<Leftover> Leftovers { get; init; } = [];
}

/// <summary>A photo whose object is gone or damaged.</summary>
/// <param name="Id">Its row.</param>
/// <param name="UrlSource">Where it came from.</param>
/// <param name="Key">The key that its object had.</param>
/// <param name="State">The photo's state.</param>
[Experimental(DandelionMlExperiments.Reconciliation)]
public sealed record LostImage(long Id, string UrlSource, string Key, ImageState State);

/// <summary>A photo whose object has a key that does not match its row's state and label.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Key">Where its object is.</param>
/// <param name="Destination">Where it belongs.</param>
[Experimental(DandelionMlExperiments.Reconciliation)]
public sealed record MisplacedImage(long Id, string Key, string Destination);
