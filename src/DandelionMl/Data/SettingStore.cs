namespace DandelionMl.Data;

/// <summary>Small facts about a data directory, such as its backbone, under keys. Thread-safe; several processes may share it.</summary>
internal sealed class SettingStore
{
    private const string InsertSql =
        "INSERT INTO settings (key, value) VALUES (@key, @value) ON CONFLICT (key) DO NOTHING";

    private const string UpsertSql =
        "INSERT INTO settings (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

    private const string SelectSql = "SELECT value FROM settings WHERE key = @key";

    private readonly Database _database;

    public SettingStore(Database database) => _database = database;

    /// <returns>The value; null while there is none.</returns>
    public Task<string?> GetAsync(string key, CancellationToken cancellationToken = default) =>
        _database.ReadAsync(session => session.ScalarAsync<string>(SelectSql, new { key }), cancellationToken);

    /// <summary>Sets the value unless there is one; of two that race, one wins and both learn which.</summary>
    /// <returns>The value that stands.</returns>
    public Task<string> TrySetOnceAsync(string key, string value, CancellationToken cancellationToken = default) =>
        _database.WriteIdempotentAsync(
            async session =>
            {
                await session.ExecuteAsync(InsertSql, new { key, value });
                return (await session.ScalarAsync<string>(SelectSql, new { key }))!;
            },
            cancellationToken);

    /// <summary>Sets the value, whatever it was.</summary>
    public Task SetAsync(string key, string value, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(session => session.ExecuteAsync(UpsertSql, new { key, value }), cancellationToken);
}
