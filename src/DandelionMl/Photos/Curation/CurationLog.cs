using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

/// <summary>What is logged of changes of the training set by hand: event ids 420 to 439. An id is never used again for another
/// message.</summary>
internal static partial class CurationLog
{
    [LoggerMessage(420, LogLevel.Warning,
        "Photo {ImageId} has its new label, but its file could not be moved to its new place ({Reason}); "
        + "Reconciler.ReconcileAsync ('dandelion reconcile') moves it")]
    public static partial void RelabelledMoveDeferred(ILogger logger, long imageId, string reason);
}
