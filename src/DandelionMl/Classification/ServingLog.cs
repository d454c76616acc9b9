using Microsoft.Extensions.Logging;

namespace DandelionMl.Classification;

/// <summary>What is logged of serving: event ids 200 to 249. An id is never used again for another message.</summary>
internal static partial class ServingLog
{
    [LoggerMessage(200, LogLevel.Information, "Serving model version {Version} on {Space}, {Labels} classes")]
    public static partial void Serving(ILogger logger, int version, string space, int labels);

    [LoggerMessage(201, LogLevel.Information, "There is no model to serve yet")]
    public static partial void NothingToServe(ILogger logger);

    [LoggerMessage(203, LogLevel.Error, "The champion can't be loaded; what was served before is still served: {Reason}")]
    public static partial void ChampionNotLoaded(ILogger logger, string reason);

    [LoggerMessage(202, LogLevel.Error, "The new champion can't be loaded; the previous model is still served")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(204, LogLevel.Error, "{Reason}")]
    public static partial void BackboneAnswersOtherwise(ILogger logger, string reason);
}
