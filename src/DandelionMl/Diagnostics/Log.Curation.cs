using Microsoft.Extensions.Logging;

namespace DandelionMl.Diagnostics;

// 42x: changes of the training set by hand.
internal static partial class Log
{
    [LoggerMessage(420, LogLevel.Warning,
        "Photo {ImageId} has its new label, but could not be moved to where it belongs now ({Reason}); 'dandelion reconcile' does it")]
    public static partial void RelabelledMoveDeferred(ILogger logger, long imageId, string reason);
}
