namespace DandelionMl.Catalog.Transitions;

/// <summary>Who changes the state or the label of a photo.</summary>
internal enum ImageActor
{
    Ingestion,
    Upload,
    Reviewer,
    Retraining,
    Curator,
    Reconciler,
    Eraser,
}

/// <summary>A change that a photo's row may go through.</summary>
/// <param name="From">The state before; null where the row is new.</param>
/// <param name="To">The state after; null where the row is gone.</param>
/// <param name="By">Who makes the change.</param>
/// <param name="Condition">What must hold, beside the state before. The transaction that makes the change sees to it.</param>
internal sealed record ImageTransition(ImageState? From, ImageState? To, ImageActor By, string Condition)
{
    private const string SameBytes = "another photo, not itself a duplicate, has the same bytes";
    private const string Undecided = "undecided, and not held by another reviewer";
    private const string Asked = "a curator, or its sender, asks for it";
    private const string NotTaken = "decided, and not yet taken by a retraining";

    public static readonly ImageTransition Register =
        new(null, ImageState.Registered, ImageActor.Ingestion, "no photo has its source");

    public static readonly ImageTransition Rename =
        new(ImageState.Registered, ImageState.Registered, ImageActor.Ingestion, "its data set gives another label now, and no person did");

    public static readonly ImageTransition Forget =
        new(ImageState.Registered, null, ImageActor.Curator, "its bytes never came, or were lost");

    public static readonly ImageTransition Upload =
        new(null, ImageState.Pending, ImageActor.Upload, "no photo, except duplicates, has its bytes");

    public static readonly ImageTransition Store =
        new(ImageState.Registered, ImageState.Stored, ImageActor.Ingestion, "its bytes are in the store, and no other photo's");

    public static readonly ImageTransition Repeat =
        new(ImageState.Registered, ImageState.Duplicate, ImageActor.Ingestion, SameBytes);

    public static readonly ImageTransition YieldPending =
        new(ImageState.Pending, ImageState.Duplicate, ImageActor.Ingestion, "a photo with a label comes with the same bytes");

    public static readonly ImageTransition YieldRejected =
        new(ImageState.Rejected, ImageState.Duplicate, ImageActor.Ingestion, "a photo with a label comes with the same bytes");

    public static readonly ImageTransition Lose =
        new(ImageState.Stored, ImageState.Registered, ImageActor.Reconciler, "its object is gone, and it can be fetched again");

    public static readonly ImageTransition Validate =
        new(ImageState.Pending, ImageState.Validated, ImageActor.Reviewer, Undecided);

    public static readonly ImageTransition Reject =
        new(ImageState.Pending, ImageState.Rejected, ImageActor.Reviewer, Undecided);

    public static readonly ImageTransition UndoValidation =
        new(ImageState.Validated, ImageState.Pending, ImageActor.Reviewer, NotTaken);

    public static readonly ImageTransition UndoRejection =
        new(ImageState.Rejected, ImageState.Pending, ImageActor.Reviewer, NotTaken);

    public static readonly ImageTransition Join =
        new(ImageState.Validated, ImageState.Stored, ImageActor.Retraining, "the retraining has taken it");

    public static readonly ImageTransition JoinAsDuplicate = new(
        ImageState.Validated, ImageState.Duplicate, ImageActor.Retraining, "the retraining has taken it; scaled down, " + SameBytes);

    public static readonly ImageTransition Relabel =
        new(ImageState.Stored, ImageState.Stored, ImageActor.Curator, "the label is different");

    public static readonly ImageTransition Withdraw =
        new(ImageState.Stored, ImageState.Withdrawn, ImageActor.Curator, "a reason is given");

    public static readonly ImageTransition Restore =
        new(ImageState.Withdrawn, ImageState.Stored, ImageActor.Curator, "nothing else");

    public static readonly ImageTransition EraseRegistered = new(ImageState.Registered, ImageState.Erased, ImageActor.Eraser, Asked);

    public static readonly ImageTransition ErasePending = new(ImageState.Pending, ImageState.Erased, ImageActor.Eraser, Asked);

    public static readonly ImageTransition EraseValidated = new(ImageState.Validated, ImageState.Erased, ImageActor.Eraser, Asked);

    public static readonly ImageTransition EraseRejected = new(ImageState.Rejected, ImageState.Erased, ImageActor.Eraser, Asked);

    public static readonly ImageTransition EraseStored = new(ImageState.Stored, ImageState.Erased, ImageActor.Eraser, Asked);

    public static readonly ImageTransition EraseWithdrawn = new(ImageState.Withdrawn, ImageState.Erased, ImageActor.Eraser, Asked);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<ImageTransition> All { get; } =
    [
        Register, Rename, Forget, Upload, Store, Repeat, YieldPending, YieldRejected, Lose, Validate, Reject, UndoValidation, UndoRejection, Join,
        JoinAsDuplicate, Relabel, Withdraw, Restore, EraseRegistered, ErasePending, EraseValidated, EraseRejected, EraseStored, EraseWithdrawn,
    ];
}
