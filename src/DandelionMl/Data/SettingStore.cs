namespace DandelionMl.Data;

/// <summary>Small facts that all processes on one database share, such as its backbone or a host's key ring, under keys of at most 200
/// characters. Thread-safe.</summary>
internal sealed class SettingStore
{
    private const string ListSql =
        "SELECT key, value FROM settings WHERE substr(key, 1, @length) = @prefix ORDER BY key";

    private readonly Database _database;

    internal SettingStore(Database database) => _database = database;

    /// <summary>Whether the applications of several machines can have the same settings, since they are on a server.</summary>
    public bool IsShared => _database.IsShared;

    /// <summary>Reads a value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The value; null while there is none.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public Task<string?> GetAsync(string key, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => SettingRows.GetAsync(session, key), cancellationToken);

    /// <summary>Reads all values whose keys start alike.</summary>
    /// <param name="prefix">How the keys start, to the case.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var rows = await _database.ReadAsync(
            session => session.QueryAsync(
                ListSql,
                [("prefix", prefix), ("length", prefix.Length)],
                row => (Key: row.GetFieldValue<string>(0), Value: row.GetFieldValue<string>(1))),
            cancellationToken).ConfigureAwait(false);
        return rows.ToDictionary(row => row.Key, row => row.Value, StringComparer.Ordinal);
    }

    /// <summary>Sets the value unless there is one; of two that race, one wins and both learn which.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The value that stands.</returns>
    /// <exception cref="DatabaseException">The database does not let it be done.</exception>
    public Task<string> TrySetOnceAsync(string key, string value, CancellationToken cancellationToken = default) =>
        _database.WriteIdempotentAsync(session => SettingRows.TrySetOnceAsync(session, key, value), cancellationToken);

    /// <summary>Sets the value, whatever it was.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">The database does not let it be done.</exception>
    public Task SetAsync(string key, string value, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(session => SettingRows.SetAsync(session, key, value), cancellationToken);

    /// <summary>Removes the value, if there is one.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="DatabaseException">The database does not let it be done.</exception>
    public Task RemoveAsync(string key, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(session => SettingRows.RemoveAsync(session, key), cancellationToken);
}
