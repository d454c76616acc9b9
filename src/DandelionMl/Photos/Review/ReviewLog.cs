using Microsoft.Extensions.Logging;

namespace DandelionMl.Photos;

/// <summary>What is logged of review: event ids 400 to 419. An id is never used again for another message.</summary>
internal static partial class ReviewLog
{
    [LoggerMessage(400, LogLevel.Warning,
        "Photo {ImageId} is reviewed, but its file could not be moved to its new place ({Reason}); the next retraining or "
        + "Reconciler.ReconcileAsync ('dandelion reconcile') moves it")]
    public static partial void MoveDeferred(ILogger logger, long imageId, string reason);
}
