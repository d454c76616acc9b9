using Microsoft.Extensions.Logging;

namespace DandelionMl.Postgres;

/// <summary>What is logged of PostgreSQL: event ids 300 to 399. An id is never used again for another message.</summary>
internal static partial class PostgresLog
{
    [LoggerMessage(300, LogLevel.Warning, "PostgreSQL failed temporarily ({Reason}); retry {Retry} in {Delay}")]
    public static partial void DatabaseRetry(ILogger logger, string reason, int retry, TimeSpan delay);

    [LoggerMessage(301, LogLevel.Warning,
        "Listening to PostgreSQL's notifications was interrupted ({Reason}); retrying in {Delay}. Until then changes are found by polling.")]
    public static partial void ListeningFailed(ILogger logger, string reason, TimeSpan delay);

    [LoggerMessage(302, LogLevel.Information, "PostgreSQL has pgvector {Version}: nearest neighbours are found by an HNSW index")]
    public static partial void VectorIndexFound(ILogger logger, string version);

    [LoggerMessage(303, LogLevel.Information, "PostgreSQL has no pgvector with HNSW indexes: nearest neighbours are searched in this process")]
    public static partial void VectorIndexMissing(ILogger logger);

    [LoggerMessage(304, LogLevel.Warning,
        "PostgreSQL's server has pgvector {Version}, but this user may not install it in the database ({Reason}). Have an administrator run "
        + "'CREATE EXTENSION vector' there, and restart")]
    public static partial void VectorExtensionRefused(ILogger logger, string version, string reason);
}
