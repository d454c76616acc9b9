using System.Data.Common;
using DandelionMl.Data.Migrations;

namespace DandelionMl.Data;

/// <summary>The relational database behind catalog, embeddings, registry and settings. Its schema is brought up to date by the first
/// call. Thread-safe; several processes may share one database.</summary>
internal sealed class Database : IAsyncDisposable, IDisposable
{
    // Of transactions that race, one gets through in each round: this many may race at a time.
    private const int MaxAttempts = 100;

    private readonly DatabaseProvider _provider;
    private readonly SemaphoreSlim _schemaGate = new(1, 1);
    private readonly SemaphoreSlim? _writerGate;
    private volatile bool _isCurrent;
    private long _schema;

    public Database(DatabaseProvider provider)
    {
        _provider = provider;
        _writerGate = provider.HasSingleWriter ? new SemaphoreSlim(1, 1) : null;
    }

    public static Database OpenSqlite(string path) => new(new SqliteProvider(path));

    /// <inheritdoc cref="DatabaseProvider.Vectors"/>
    public VectorDialect? Vectors => _provider.Vectors;

    /// <summary>Whether it is on a server, for several machines.</summary>
    public bool IsShared => !_provider.HasSingleWriter;

    /// <inheritdoc cref="DatabaseProvider.NumbersGiven"/>
    public string NumbersGiven => _provider.NumbersGiven;

    /// <inheritdoc cref="DatabaseProvider.TransactionNumberSql"/>
    public string TransactionNumberSql => _provider.TransactionNumberSql;

    /// <inheritdoc cref="DatabaseProvider.SettledNumberSql"/>
    public string SettledNumberSql => _provider.SettledNumberSql;

    /// <inheritdoc cref="DatabaseProvider.ContinueNumbersSql"/>
    public string? ContinueNumbersSql(string table, string column) => _provider.ContinueNumbersSql(table, column);

    /// <summary>Brings the schema up to date, unless this was done before.</summary>
    /// <exception cref="DatabaseException">The database was written by a newer version of the library.</exception>
    public async Task EnsureSchemaAsync(CancellationToken cancellationToken = default)
    {
        if (!_isCurrent)
        {
            await UpgradeAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Brings the schema up to date.</summary>
    /// <returns>The version that it had, 0 for a new database, and the one that it has now.</returns>
    /// <exception cref="DatabaseException">The database was written by a newer version of the library.</exception>
    public async Task<SchemaUpgrade> UpgradeAsync(CancellationToken cancellationToken)
    {
        await _schemaGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isCurrent)
            {
                return new SchemaUpgrade(_schema, _schema);
            }

            var migrator = new SchemaMigrator(_provider);
            var from = await RunAsync(
                async token =>
                {
                    var version = await migrator.BringUpToDateAsync(token).ConfigureAwait(false);
                    await _provider.DiscoverAsync(token).ConfigureAwait(false);
                    return version;
                },
                cancellationToken).ConfigureAwait(false);
            (_schema, _isCurrent) = (Math.Max(from, MigrationList.Latest), true);
            return new SchemaUpgrade(from, _schema);
        }
        finally
        {
            _schemaGate.Release();
        }
    }

    /// <summary>Opens a connection and asks a question; once, and whatever the schema is.</summary>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var connectionLifetime = connection.ConfigureAwait(false);
            await new DatabaseSession(connection, null, cancellationToken).ScalarAsync<int>("SELECT 1").ConfigureAwait(false);
        }
        catch (DbException exception) when (_provider.Translate(exception) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Reads outside of any transaction: each statement sees what was committed before it. Where the connection breaks, the
    /// work is run again from its start, so it must do nothing but use its session.</summary>
    /// <exception cref="DatabaseException">The database does not let it be done.</exception>
    public async Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync(
            async token =>
            {
                var connection = await _provider.DataSource.OpenConnectionAsync(token).ConfigureAwait(false);
                await using var connectionLifetime = connection.ConfigureAwait(false);
                return await work(new DatabaseSession(connection, null, token)).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Like <see cref="ReadAsync{T}"/>, in a transaction, for work that changes settings which end with it.</summary>
    /// <exception cref="DatabaseException">The database does not let it be done.</exception>
    public Task<T> ReadInTransactionAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken) =>
        TransactAsync(work, isIdempotent: true, cancellationToken);

    /// <summary>Runs a write transaction. Where it loses a race against another one, or the connection breaks before the commit is sent,
    /// it is run again from its start, so the work must do nothing but use its session.</summary>
    /// <exception cref="DatabaseException">The database does not let it be done, or the connection broke during the commit.</exception>
    public Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken) =>
        TransactAsync(work, isIdempotent: false, cancellationToken);

    /// <summary>Like <see cref="WriteAsync{T}"/>, for work that, done twice, leaves
    /// what it leaves done once, whatever others do in between: it is run again where the connection breaks during the commit,
    /// too.</summary>
    public Task<T> WriteIdempotentAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken) =>
        TransactAsync(work, isIdempotent: true, cancellationToken);

    /// <inheritdoc cref="DatabaseProvider.ListenAsync"/>
    public Task ListenAsync(string channel, Action notified, CancellationToken cancellationToken) =>
        _provider.ListenAsync(channel, notified, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _provider.DataSource.DisposeAsync().ConfigureAwait(false);
        DisposeGates();
    }

    public void Dispose()
    {
        _provider.DataSource.Dispose();
        DisposeGates();
    }

    private void DisposeGates()
    {
        _schemaGate.Dispose();
        _writerGate?.Dispose();
    }

    private bool IsLostRace(Exception exception) =>
        exception is LostRaceException || (exception is DbException database && _provider.IsLostRace(database));

    private async Task<T> TransactAsync<T>(
        Func<DatabaseSession, Task<T>> work, bool isIdempotent, CancellationToken cancellationToken)
    {
        await EnsureSchemaAsync(cancellationToken).ConfigureAwait(false);
        if (_writerGate is not null)
        {
            await _writerGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await RunAsync(token => RaceAsync(work, isIdempotent, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writerGate?.Release();
        }
    }

    private async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await _provider.Resilience.ExecuteAsync(async token => await work(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception) when (_provider.Translate(exception) is { } translated)
        {
            throw translated;
        }
    }

    private async Task<T> RaceAsync<T>(Func<DatabaseSession, Task<T>> work, bool isIdempotent, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteOnceAsync(work, isIdempotent, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (attempt < MaxAttempts && IsLostRace(exception))
            {
            }
        }
    }

    private async Task<T> WriteOnceAsync<T>(
        Func<DatabaseSession, Task<T>> work, bool isIdempotent, CancellationToken cancellationToken)
    {
        var connection = await _provider.DataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var connectionLifetime = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var transactionLifetime = transaction.ConfigureAwait(false);
        var session = new DatabaseSession(connection, transaction, cancellationToken, _provider.NotifySql, _provider.Bulk);
        var result = await work(session).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // From here on the outcome must be known: cancelling a commit would leave it open whether it happened.
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            _provider.Local.Send(session.ToNotify);
            return result;
        }
        catch (DbException exception) when (!isIdempotent && _provider.IsOutcomeUnknown(exception))
        {
            throw new DatabaseException(
                DatabaseFailure.OutcomeUnknown,
                "The connection to the database broke while a change was being committed: either all of it was saved or nothing. " +
                "Check which before you try again.",
                exception);
        }
    }
}
