using System.Data.Common;
using DandelionMl.Data.Migrations;

namespace DandelionMl.Data;

/// <summary>The relational database behind catalog, embeddings, registry and settings. Its schema is brought up to date by the first
/// call. Thread-safe; several processes may share one database.</summary>
internal sealed class Database : IAsyncDisposable
{
    // Of transactions that race, one gets through in each round: this many may race at a time.
    private const int MaxAttempts = 100;

    private readonly DatabaseProvider _provider;
    private readonly SemaphoreSlim _schemaGate = new(1, 1);
    private readonly SemaphoreSlim? _writerGate;
    private volatile bool _isCurrent;

    public Database(DatabaseProvider provider)
    {
        _provider = provider;
        _writerGate = provider.HasSingleWriter ? new SemaphoreSlim(1, 1) : null;
    }

    public static Database OpenSqlite(string path) => new(new SqliteProvider(path));

    /// <summary>Brings the schema up to date, unless this was done before.</summary>
    /// <exception cref="DatabaseTooNewException">The database was written by a newer version of the library.</exception>
    public async Task EnsureSchemaAsync(CancellationToken cancellationToken = default)
    {
        if (_isCurrent)
        {
            return;
        }

        await _schemaGate.WaitAsync(cancellationToken);
        try
        {
            if (!_isCurrent)
            {
                await new SchemaMigrator(_provider).BringUpToDateAsync(cancellationToken);
                _isCurrent = true;
            }
        }
        finally
        {
            _schemaGate.Release();
        }
    }

    /// <summary>Reads outside of any transaction: each statement sees what was committed before it.</summary>
    public async Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await EnsureSchemaAsync(cancellationToken);
        await using var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken);
        return await work(new DatabaseSession(connection, null, cancellationToken));
    }

    /// <summary>Runs a write transaction. Where it loses a race against another one it is run again from its start, so the work must
    /// do nothing but use its session.</summary>
    public async Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await EnsureSchemaAsync(cancellationToken);
        if (_writerGate is not null)
        {
            await _writerGate.WaitAsync(cancellationToken);
        }

        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await WriteOnceAsync(work, cancellationToken);
                }
                catch (Exception exception) when (attempt < MaxAttempts && IsLostRace(exception))
                {
                }
            }
        }
        finally
        {
            _writerGate?.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DataSource.DisposeAsync();
        _schemaGate.Dispose();
        _writerGate?.Dispose();
    }

    private bool IsLostRace(Exception exception) =>
        exception is LostRaceException || (exception is DbException database && _provider.IsLostRace(database));

    private async Task<T> WriteOnceAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(new DatabaseSession(connection, transaction, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();

        // From here on the outcome must be known: cancelling a commit would leave it open whether it happened.
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }
}
