using DandelionMl.Registry;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Promotion;

/// <summary>What is logged of promotion: event ids 250 to 299. An id is never used again for another message.</summary>
internal static partial class PromotionLog
{
    [LoggerMessage(250, LogLevel.Information, "Model version {Version} is now {State}: {Summary}")]
    public static partial void Decided(ILogger logger, int version, ModelState state, string? summary);

    [LoggerMessage(251, LogLevel.Information, "Model version {Version} is judged again: {Reason}")]
    public static partial void JudgingAgain(ILogger logger, int version, string reason);
}
