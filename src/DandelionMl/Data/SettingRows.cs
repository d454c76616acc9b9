namespace DandelionMl.Data;

/// <summary>The rows of <c>settings</c>: values under keys of at most 200 characters.</summary>
internal static class SettingRows
{
    private const string SelectSql = "SELECT value FROM settings WHERE key = @key";

    public static Task<string?> GetAsync(DatabaseSession session, string key) => session.ScalarAsync<string>(SelectSql, [("key", key)]);

    /// <returns>The value that stands: of two that race, that of the first.</returns>
    public static async Task<string> TrySetOnceAsync(DatabaseSession session, string key, string value)
    {
        await session.ExecuteAsync(
            "INSERT INTO settings (key, value) VALUES (@key, @value) ON CONFLICT (key) DO NOTHING",
            [("key", key), ("value", value)]).ConfigureAwait(false);
        return (await GetAsync(session, key).ConfigureAwait(false))!;
    }

    public static Task<int> SetAsync(DatabaseSession session, string key, string value) => session.ExecuteAsync(
        "INSERT INTO settings (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [("key", key), ("value", value)]);

    public static Task<int> RemoveAsync(DatabaseSession session, string key) =>
        session.ExecuteAsync("DELETE FROM settings WHERE key = @key", [("key", key)]);
}
