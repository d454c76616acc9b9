namespace DandelionMl.AspNetCore.Security.Limits;

internal static partial class LockoutLog
{
    [LoggerMessage(1015, LogLevel.Warning, "The database does not answer: this host counts failed sign-ins alone: {Reason}")]
    public static partial void CountedAlone(ILogger logger, string reason);
}
