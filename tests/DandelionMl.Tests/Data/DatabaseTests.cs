using DandelionMl.Data;
using DandelionMl.Data.Migrations;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Data;

public sealed class DatabaseTests : IAsyncDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task EnsureSchema_again_and_in_another_process_changes_nothing()
    {
        var database = _file.Open();
        await database.EnsureSchemaAsync(Cancellation);
        var before = await ReadSchemaAsync();
        await database.EnsureSchemaAsync(Cancellation);
        await _file.Open().EnsureSchemaAsync(Cancellation);

        Assert.Equal(before, await ReadSchemaAsync());
        Assert.Contains(before, sql => sql.Contains("plants_data", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Database_in_a_folder_that_is_open_to_others_is_for_its_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such permissions");
        using var folder = new TemporaryFolder();
#pragma warning disable CA1416 // Not on Windows.
        File.SetUnixFileMode(folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        await using var database = Database.OpenSqlite(Path.Combine(folder.Path, "dandelion.db"));

        await database.EnsureSchemaAsync(Cancellation);

        Assert.All(
            Directory.EnumerateFiles(folder.Path, "dandelion.db*").Where(path => !path.EndsWith("-migrate", StringComparison.Ordinal)),
            path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task EnsureSchema_many_processes_at_once_migrate_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => _file.Open().EnsureSchemaAsync(Cancellation))));

        Assert.Equal(MigrationList.Versions, await QueryAsync<long>("SELECT version FROM schema_versions ORDER BY version"));
    }

    [Fact]
    public async Task EnsureSchema_newer_database_is_refused_and_left_alone()
    {
        await _file.Open().EnsureSchemaAsync(Cancellation);
        await ExecuteAsync("INSERT INTO schema_versions (version, applied_on, description) VALUES (1000, '2030-01-01', 'later')");

        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => _file.Open().EnsureSchemaAsync(Cancellation));
        Assert.Equal(DatabaseFailure.TooNew, thrown.Failure);
        Assert.Contains("1000", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notification_is_heard_in_the_process_once_its_transaction_is_committed()
    {
        var database = _file.Open();
        await database.EnsureSchemaAsync(Cancellation);
        var heard = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var listening = database.ListenAsync("news", () => heard++, stop.Token);
        Assert.Equal(1, heard);

        await NotifyAsync("news");
        await NotifyAsync("other news");
        Assert.Equal(2, heard);
        await Assert.ThrowsAsync<SimulatedCrashException>(() => NotifyAsync("news", new SimulatedCrashException()));
        Assert.Equal(2, heard);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
        await NotifyAsync("news");
        Assert.Equal(2, heard);

        Task<int> NotifyAsync(string channel, Exception? failure = null) => database.WriteAsync(
            async session =>
            {
                await session.NotifyAsync(channel);
                return failure is null ? 0 : throw failure;
            },
            Cancellation);
    }

    [Fact]
    public void Migrations_are_in_ascending_order() =>
        Assert.Equal(MigrationList.Versions.Distinct().Order(), MigrationList.Versions);

    [Fact]
    public async Task Connections_are_set_up_for_several_processes()
    {
        await _file.Open().EnsureSchemaAsync(Cancellation);

        Assert.Equal(["wal"], await QueryAsync<string>("PRAGMA journal_mode"));
        Assert.Equal([1], await QueryAsync<long>("PRAGMA foreign_keys"));
        Assert.Equal([2], await QueryAsync<long>("PRAGMA synchronous"));
        Assert.Equal([30_000], await QueryAsync<long>("PRAGMA busy_timeout"));
    }

    [Fact]
    public async Task Write_of_two_processes_at_once_waits_and_loses_nothing()
    {
        var databases = new[] { _file.Open(), _file.Open() };
        await new SettingStore(databases[0]).SetAsync("counter", "0", Cancellation);

        // Reads before it writes: a transaction that took its lock only at the first write would fail or lose an update.
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => databases[i % 2].WriteAsync(
            async session =>
            {
                var value = int.Parse((await session.ScalarAsync<string>("SELECT value FROM settings WHERE key = 'counter'"))!, null);
                return await session.ExecuteAsync("UPDATE settings SET value = @value", [("value", $"{value + 1}")]);
            },
            Cancellation))));

        Assert.Equal("100", await new SettingStore(_file.Open()).GetAsync("counter", Cancellation));
    }

    [Fact]
    public async Task Write_work_that_throws_changes_nothing()
    {
        var database = _file.Open();
        await Assert.ThrowsAsync<SimulatedCrashException>(() => database.WriteAsync<int>(
            async session =>
            {
                await session.ExecuteAsync("INSERT INTO settings (key, value) VALUES ('a', 'b')");
                throw new SimulatedCrashException();
            },
            Cancellation));

        Assert.Null(await new SettingStore(database).GetAsync("a", Cancellation));
    }

    [Fact]
    public async Task Write_cancelled_in_the_middle_changes_nothing()
    {
        var database = _file.Open();
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync("INSERT INTO settings (key, value) VALUES ('a', 'b')");
                await cancel.CancelAsync();
                return 0;
            },
            cancel.Token));

        Assert.Null(await new SettingStore(database).GetAsync("a", Cancellation));
    }

    [Fact]
    public async Task Write_lost_race_runs_again()
    {
        var attempts = 0;
        var result = await _file.Open().WriteAsync(
            _ => ++attempts < 3 ? throw new LostRaceException("lost") : Task.FromResult(attempts), Cancellation);

        Assert.Equal(3, result);
    }

    private Task<List<string>> ReadSchemaAsync() => QueryAsync<string>("SELECT name || coalesce(sql, '') FROM sqlite_master ORDER BY name");

    private Task<List<T>> QueryAsync<T>(string sql) => _file.Open().ReadAsync(
        session => session.QueryAsync(sql, null, row => row.GetFieldValue<T>(0)), Cancellation);

    private Task<int> ExecuteAsync(string sql) => _file.Open().WriteAsync(session => session.ExecuteAsync(sql), Cancellation);
}
