using DandelionMl.Registry;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Diagnostics;

// 25x: promotion.
internal static partial class Log
{
    [LoggerMessage(250, LogLevel.Information, "Model version {Version} is now {State}: {Summary}")]
    public static partial void Decided(ILogger logger, int version, ModelState state, string? summary);

    [LoggerMessage(251, LogLevel.Information, "Model version {Version} is judged again: {Reason}")]
    public static partial void JudgingAgain(ILogger logger, int version, string reason);
}
