namespace DandelionMl.Data;

/// <summary>Tells whether the database answers, for health checks. Thread-safe.</summary>
internal sealed class DatabaseCheck
{
    private readonly Database _database;

    internal DatabaseCheck(Database database) => _database = database;

    /// <summary>Opens a connection and asks a question; once, without retries.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">The database does not answer; the message says why.</exception>
    public Task CheckAsync(CancellationToken cancellationToken = default) => _database.CheckAsync(cancellationToken);
}
