using DandelionMl.Data;
using DandelionMl.Data.Migrations;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Data;

/// <summary>Databases that earlier versions of the library wrote.</summary>
public sealed class MigrationTests : IAsyncDisposable
{
    private readonly SqliteFile _file = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Schema_of_version_5_is_what_earlier_releases_made()
    {
        await using var earlier = new SqliteFile();
        await ExecuteAsync(earlier, VersionFiveSql());
        await MigrateToAsync(5);

        var expected = await SqliteSchema.DescribeAsync(earlier.Path, Token);
        Assert.Equal(expected, await SqliteSchema.DescribeAsync(_file.Path, Token));
        Assert.Contains(expected, line => line.StartsWith("plants_data.label TEXT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Database_of_an_earlier_release_goes_on()
    {
        await ExecuteAsync(_file, VersionFiveSql());
        await ExecuteAsync(_file, "INSERT INTO settings (key, value) VALUES ('backbone', 'built-in-v1')");
        var database = _file.Open();

        Assert.Equal("built-in-v1", await new SettingStore(database).GetAsync("backbone", Token));
        Assert.Equal(
            MigrationList.Versions,
            await database.ReadAsync(
                session => session.QueryAsync(
                    "SELECT version FROM schema_versions ORDER BY version", [], row => row.GetFieldValue<long>(0)),
                Token));
    }

    [Fact]
    public async Task Migration_that_fails_leaves_what_was_there_and_is_made_up_for()
    {
        await MigrateToAsync(2);
        await ExecuteAsync(_file, "CREATE TABLE uploads (id integer)");
        var before = await SqliteSchema.DescribeAsync(_file.Path, Token);

        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => MigrateToAsync(5));
        Assert.Equal(before, await SqliteSchema.DescribeAsync(_file.Path, Token));

        await ExecuteAsync(_file, "DROP TABLE uploads");
        await MigrateToAsync(5);
        Assert.Contains(await SqliteSchema.DescribeAsync(_file.Path, Token), line => line.StartsWith("curation_events", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ModelLineage_models_and_events_from_before_are_kept_and_can_be_rolled_back()
    {
        await MigrateToAsync(1);
        await ExecuteAsync(_file, Version1Rows);

        var registry = new SqlModelRegistry(
            _file.Open(), new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Path }), TimeProvider.System);

        var models = await registry.ListAsync(Token);
        Assert.Equal([(2, ModelState.Champion), (1, ModelState.Archived)], models.Select(model => (model.Version, model.State)));
        Assert.All(models, model => Assert.True(model.Verdict is null && model.Environment.Count == 0));
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero), models[0].StateChangedAt);
        Assert.Empty(await registry.LoadEpochsAsync(1, Token));
        var events = await registry.ListEventsAsync(cancellationToken: Token);
        Assert.Equal(
            [ModelAction.Register, ModelAction.Register, ModelAction.Promote, ModelAction.Promote, ModelAction.Promote],
            events.Select(item => item.Action));
        Assert.All(events, item => Assert.Equal("unknown", item.Actor));
        Assert.Equal(1, (await registry.RollbackAsync("back", "test", cancellationToken: Token)).Version);
    }

    private const string Version1Rows =
        """
        INSERT INTO model_versions (version, state, artifact_key, artifact_folder, artifact_number, artifact_sha256, backbone_id,
            backbone_sha256, preprocessing_id, labels, options, metrics, manifest_sha256, created_at)
        VALUES
            (1, 'archived', 'model/a', 'a', 0, 'x', 'b', 'y', 'p', '["one","two"]', '{}',
             '{"images":1,"accuracy":1,"loss":0,"expectedCalibrationError":0,"classes":[],"confusionMatrix":[]}', 'z', '2026-01-01 00:00:00+00:00'),
            (2, 'champion', 'model/b', 'a', 1, 'x', 'b', 'y', 'p', '["one","two"]', '{}',
             '{"images":1,"accuracy":1,"loss":0,"expectedCalibrationError":0,"classes":[],"confusionMatrix":[]}', 'z', '2026-01-02 00:00:00+00:00');
        INSERT INTO model_events (version, from_state, to_state, reason, at)
        VALUES
            (1, 'reserved', 'candidate', 'registered', '2026-01-01 00:00:00+00:00'),
            (2, 'reserved', 'candidate', 'registered', '2026-01-02 00:00:00+00:00'),
            (1, 'candidate', 'champion', 'the first', '2026-01-02 12:00:00+00:00'),
            (1, 'champion', 'archived', 'replaced by version 2', '2026-01-03 00:00:00+00:00'),
            (2, 'candidate', 'champion', 'better', '2026-01-03 00:00:00+00:00');
        """;

    private static string VersionFiveSql() => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "Schemas", "sqlite-5.sql"));

    private async Task MigrateToAsync(long version)
    {
        var provider = new SqliteProvider(_file.Path);
        await using var connections = provider.DataSource;
        await new SchemaMigrator(provider, version).BringUpToDateAsync(Token);
    }

    private static async Task ExecuteAsync(SqliteFile file, string sql)
    {
        await using var connections = new SqliteDataSource(file.Path);
        await using var connection = await connections.OpenConnectionAsync(Token);
        await new DatabaseSession(connection, null, Token).ExecuteAsync(sql);
    }
}
