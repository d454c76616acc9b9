using Microsoft.Extensions.Logging;

namespace DandelionMl.Shadowing;

/// <summary>What is logged of the shadow: event ids 900 to 919. An id is never used again for another message.</summary>
internal static partial class ShadowLog
{
    [LoggerMessage(900, LogLevel.Information, "Model version {Version} runs as the champion's shadow")]
    public static partial void Running(ILogger logger, int version);

    [LoggerMessage(901, LogLevel.Information, "No shadow runs any more")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(902, LogLevel.Information, "The shadow has ended: {Reason}")]
    public static partial void Ended(ILogger logger, string reason);

    [LoggerMessage(903, LogLevel.Error, "The shadow, model version {Version}, can't be loaded and is not asked; the champion is served as before: {Reason}")]
    public static partial void NotLoaded(ILogger logger, int version, string reason);

    [LoggerMessage(904, LogLevel.Warning, "The shadow can't be followed or its answers can't be counted, {Times} times since this was last told: {Reason}")]
    public static partial void NotFollowed(ILogger logger, int times, string reason);
}
