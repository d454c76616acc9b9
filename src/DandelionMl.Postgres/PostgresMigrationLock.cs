using Npgsql;

namespace DandelionMl.Postgres;

/// <summary>An advisory lock of the database, on a connection of its own: a pool of one connection must still have it for the
/// migration. If the process dies, the server frees it with the connection.</summary>
/// <remarks>Bound to a transaction, not to a session, so that it also holds behind a connection pooler that lends sessions by the
/// transaction.</remarks>
internal sealed class PostgresMigrationLock : IAsyncDisposable
{
    // Any number that no other user of the database takes: "dandelio" in ASCII.
    private const long Key = 0x64616E64656C696F;

    private readonly NpgsqlConnection _connection;

    private PostgresMigrationLock(NpgsqlConnection connection) => _connection = connection;

    public static async Task<PostgresMigrationLock> TakeAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);

            // Another replica may migrate for as long as it takes.
            var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({Key})", connection) { CommandTimeout = 0 };
            await using var commandLifetime = command.ConfigureAwait(false);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return new PostgresMigrationLock(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the transaction with the connection, and the lock with it.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
