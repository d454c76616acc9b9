using System.Data.Common;
using System.Runtime.CompilerServices;

namespace DandelionMl.Data;

/// <summary>An open connection, with its transaction when it is for writing. For one caller at a time.</summary>
/// <remarks>Rows are read by <see cref="DbDataReader.GetFieldValue{T}"/>, which gives the same types on every provider (SQLite has no type
/// for a time or a truth value).</remarks>
internal sealed class DatabaseSession
{
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;
    private readonly CancellationToken _cancellationToken;
    private readonly string? _notifySql;
    private readonly BulkInsert? _bulk;
    private readonly HashSet<string> _toNotify = [];

    public DatabaseSession(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken, string? notifySql = null, BulkInsert? bulk = null)
    {
        _connection = connection;
        _transaction = transaction;
        _cancellationToken = cancellationToken;
        _notifySql = notifySql;
        _bulk = bulk;
    }

    /// <summary>The channels whose listeners in this process are to be told when the transaction is committed.</summary>
    public IReadOnlyCollection<string> ToNotify => _toNotify;

    /// <param name="sql">The statement.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="timeout">The most that it may take, in whole seconds; null for the connection's own, infinite for no limit.</param>
    /// <returns>How many rows were inserted, updated or deleted.</returns>
    public async Task<int> ExecuteAsync(string sql, SqlParameters? parameters = null, TimeSpan? timeout = null)
    {
        var command = Command(sql, parameters);
        if (timeout is { } limit)
        {
            command.CommandTimeout = limit == Timeout.InfiniteTimeSpan ? 0 : (int)limit.TotalSeconds;
        }

        await using var commandLifetime = command.ConfigureAwait(false);
        return await command.ExecuteNonQueryAsync(_cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Inserts rows in the order given; one that is there already stays as it is.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="rows">A value for each column, of the column's own type, or null.</param>
    /// <param name="numbersGiven">What <see cref="DatabaseProvider.NumbersGiven"/> says, where the rows have numbers of the database's.</param>
    /// <returns>How many were not there.</returns>
    public async Task<int> InsertNewAsync(string table, IReadOnlyList<string> columns, IReadOnlyCollection<object?[]> rows, string numbersGiven = "")
    {
        if (_bulk is not null && rows.Count >= BulkInsert.FewestRows)
        {
            return await _bulk.InsertAsync(_connection, table, columns, rows, numbersGiven, _cancellationToken).ConfigureAwait(false);
        }

        var inserted = 0;
        foreach (var batch in rows.Chunk(SqlRows.BatchSize))
        {
            var values = new SqlRows();
            foreach (var row in batch)
            {
                values.Add(row);
            }

            inserted += await ExecuteAsync(
                $"INSERT INTO \"{table}\" ({BulkInsert.List(columns)}) {numbersGiven} VALUES {values} ON CONFLICT DO NOTHING", values.Parameters).ConfigureAwait(false);
        }

        return inserted;
    }

    /// <summary>Tells every process that listens to the channel, when the transaction is committed; this process alone where the database
    /// has no such thing.</summary>
    public Task NotifyAsync(string channel)
    {
        if (_notifySql is not null)
        {
            return ExecuteAsync(_notifySql, [("channel", channel)]);
        }

        _toNotify.Add(channel);
        return Task.CompletedTask;
    }

    public async Task<List<T>> QueryAsync<T>(string sql, SqlParameters? parameters, Func<DbDataReader, T> read)
    {
        var rows = new List<T>();
        await ForEachAsync(sql, parameters, row => rows.Add(read(row))).ConfigureAwait(false);
        return rows;
    }

    /// <summary>Calls back with each row.</summary>
    /// <returns>The number of rows.</returns>
    public async Task<int> ForEachAsync(string sql, SqlParameters? parameters, Action<DbDataReader> read)
    {
        var command = Command(sql, parameters);
        await using var commandLifetime = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(_cancellationToken).ConfigureAwait(false);
        await using var readerLifetime = reader.ConfigureAwait(false);
        var rows = 0;
        for (; await reader.ReadAsync(_cancellationToken).ConfigureAwait(false); rows++)
        {
            read(reader);
        }

        return rows;
    }

    public async Task<T?> FirstOrDefaultAsync<T>(string sql, SqlParameters? parameters, Func<DbDataReader, T> read)
    {
        await foreach (var row in StreamAsync(sql, parameters, read).ConfigureAwait(false))
        {
            return row;
        }

        return default;
    }

    public Task<T?> ScalarAsync<T>(string sql, SqlParameters? parameters = null) =>
        FirstOrDefaultAsync(sql, parameters, static row => row.IsDBNull(0) ? default : row.GetFieldValue<T>(0));

    /// <summary>Reads rows as they come; the reader is closed with the enumeration.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string sql,
        SqlParameters? parameters,
        Func<DbDataReader, T> read,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var command = Command(sql, parameters);
        await using var commandLifetime = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(_cancellationToken).ConfigureAwait(false);
        await using var readerLifetime = reader.ConfigureAwait(false);
        while (await reader.ReadAsync(_cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return read(reader);
        }
    }

    /// <summary>The types of a query's columns, without running it to its end.</summary>
    public async Task<IReadOnlyList<Type>> DescribeAsync(string sql)
    {
        var command = Command(sql, null);
        await using var commandLifetime = command.ConfigureAwait(false);
        var reader = await command.ExecuteReaderAsync(_cancellationToken).ConfigureAwait(false);
        await using var readerLifetime = reader.ConfigureAwait(false);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetFieldType)];
    }

    private DbCommand Command(string sql, SqlParameters? parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        parameters?.AddTo(command);
        return command;
    }
}
