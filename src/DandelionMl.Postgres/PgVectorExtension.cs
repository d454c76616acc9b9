using DandelionMl.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DandelionMl.Postgres;

/// <summary>Looks for pgvector, the extension with a type for vectors and indexes on them, and takes it into the database where the server
/// has it.</summary>
internal static class PgVectorExtension
{
    // The index came with version 0.5, and the extension may be in a schema that this user does not look into.
    private const string IsUsableSql = "SELECT count(*) FROM pg_am WHERE amname = 'hnsw' AND to_regtype('vector') IS NOT NULL";
    private const string HasHalfPrecisionSql = "SELECT to_regtype('halfvec') IS NOT NULL";
    private const string AvailableSql = "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'";
    private const string InstalledSql = "SELECT extversion FROM pg_extension WHERE extname = 'vector'";
    private const string CreateSql = "CREATE EXTENSION IF NOT EXISTS vector";

    /// <returns>Its statements; null where the database does not have it.</returns>
    public static async Task<PgVectorDialect?> FindAsync(NpgsqlDataSource dataSource, ILogger logger, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var connectionLifetime = connection.ConfigureAwait(false);
        var session = new DatabaseSession(connection, null, cancellationToken);
        var installed = await session.ScalarAsync<string>(InstalledSql).ConfigureAwait(false);
        if (installed is null && await session.ScalarAsync<string>(AvailableSql).ConfigureAwait(false) is { } available)
        {
            installed = await CreateAsync(session, available, logger).ConfigureAwait(false);
        }

        if (installed is not null && await session.ScalarAsync<long>(IsUsableSql).ConfigureAwait(false) > 0)
        {
            PostgresLog.VectorIndexFound(logger, installed);
            return new PgVectorDialect(await session.ScalarAsync<bool>(HasHalfPrecisionSql).ConfigureAwait(false));
        }

        PostgresLog.VectorIndexMissing(logger);
        return null;
    }

    private static async Task<string?> CreateAsync(DatabaseSession session, string available, ILogger logger)
    {
        try
        {
            await session.ExecuteAsync(CreateSql).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            // Another process created it at this moment.
        }
        catch (PostgresException exception) when (exception.SqlState
            is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            PostgresLog.VectorExtensionRefused(logger, available, exception.MessageText);
        }

        return await session.ScalarAsync<string>(InstalledSql).ConfigureAwait(false);
    }
}
