using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace DandelionMl.Data;

/// <summary>Connections to one SQLite file, each set up the same way.</summary>
internal sealed class SqliteDataSource : DbDataSource
{
    // Writers of other processes may hold the file for a while, as during an ingestion with a batch of thousands of rows.
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(30);

    // FULL: in WAL mode a commit is on disk when it returns. With NORMAL a power cut may take back the last ones, and a promotion
    // that was answered, or a row whose object was already deleted for it, must not come back undone.
    private static readonly string Pragmas = $"PRAGMA busy_timeout = {BusyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL;";

    public SqliteDataSource(string path)
    {
        ConnectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            ForeignKeys = true,
            Pooling = true,
            DefaultTimeout = (int)BusyTimeout.TotalSeconds,
        }.ConnectionString;
    }

    public override string ConnectionString { get; }

    protected override DbConnection CreateDbConnection() => new SqliteConnection(ConnectionString);

    protected override DbConnection OpenDbConnection()
    {
        var connection = CreateDbConnection();
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite has no asynchronous input and output; the base class would skip the settings above.
    protected override ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(OpenDbConnection());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            using var connection = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(connection);
        }

        base.Dispose(disposing);
    }

    // The base class does not dispose by itself here.
    protected override async ValueTask DisposeAsyncCore()
    {
        Dispose(disposing: true);
        await base.DisposeAsyncCore().ConfigureAwait(false);
    }
}
