using Microsoft.Extensions.Logging;

namespace DandelionMl.Diagnostics;

// 4xx: uploads and review.
internal static partial class Log
{
    [LoggerMessage(400, LogLevel.Warning,
        "Photo {ImageId} could not be moved to where it belongs now ({Reason}); the next retraining or 'dandelion reconcile' does it")]
    public static partial void MoveDeferred(ILogger logger, long imageId, string reason);
}
