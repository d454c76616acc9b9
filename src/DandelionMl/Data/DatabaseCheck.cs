namespace DandelionMl.Data;

/// <summary>Tells whether the database answers, for health checks and for requests that should not wait for it. Thread-safe.</summary>
internal sealed class DatabaseCheck
{
    private readonly BoundedCheck _check;

    internal DatabaseCheck(Database database, TimeProvider time) => _check = new BoundedCheck("The database", database.CheckAsync, time);

    /// <summary>Opens a connection and asks a question; once, without retries.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">The database does not answer within half a second; the message says why.</exception>
    public Task CheckAsync(CancellationToken cancellationToken = default) => _check.CheckAsync(cancellationToken);

    /// <summary>Opens a connection and asks a question; once, without retries.</summary>
    /// <param name="limit">The longest to wait.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">The database does not answer in time; the message says why.</exception>
    public Task CheckAsync(TimeSpan limit, CancellationToken cancellationToken = default) => _check.CheckAsync(limit, cancellationToken);

    /// <summary>Whether it answers, in half a second at most.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public ValueTask<bool> IsAnsweringAsync(CancellationToken cancellationToken = default) => _check.IsAnsweringAsync(cancellationToken);
}
