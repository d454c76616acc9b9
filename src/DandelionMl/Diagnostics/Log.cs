using Microsoft.Extensions.Logging;

namespace DandelionMl.Diagnostics;

/// <summary>Every message that the library logs. Event ids: 1xx backbones, 2xx serving; an id is never used again for another
/// message.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning,
        "This data directory uses the small built-in backbone '{BuiltIn}', because '{Preferred}' can't be had now: {Reason} To switch "
        + "later: 'dandelion backbone use {Preferred}', then 'dandelion train'.")]
    public static partial void BuiltInBackboneChosen(ILogger logger, string builtIn, string preferred, string reason);

    [LoggerMessage(200, LogLevel.Information, "Serving model version {Version} on {Space}, {Labels} classes")]
    public static partial void Serving(ILogger logger, int version, string space, int labels);

    [LoggerMessage(201, LogLevel.Information, "There is no model to serve yet")]
    public static partial void NothingToServe(ILogger logger);

    [LoggerMessage(202, LogLevel.Error, "The champion can't be taken over; what was served before goes on")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);
}
