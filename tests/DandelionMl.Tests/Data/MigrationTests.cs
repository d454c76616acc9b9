using DandelionMl.Data.Migrations;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Microsoft.Extensions.DependencyInjection;

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
    public async Task ModelLineage_models_and_events_from_before_are_kept_and_can_be_rolled_back()
    {
        MigrateTo(InitialSchema.Version);
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_file.Path}"))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = Version1Rows;
            await command.ExecuteNonQueryAsync(Token);
        }

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

    private void MigrateTo(long version)
    {
        using var services = new ServiceCollection()
            .AddLogging()
            .AddFluentMigratorCore()
            .AddScoped<IFilteringMigrationSource, MigrationList>()
            .ConfigureRunner(builder => builder.AddSQLite()
                .WithGlobalConnectionString($"Data Source={_file.Path};Pooling=False").WithVersionTable(new SchemaVersionTable()))
            .BuildServiceProvider();
        using var scope = services.CreateScope();
        scope.ServiceProvider.GetRequiredService<IMigrationRunner>().MigrateUp(version);
    }
}
