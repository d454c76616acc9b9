using DandelionMl.Data;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>A server for the tests that let it crash.</summary>
public sealed class CrashedServer : IAsyncDisposable
{
    /// <summary>The server.</summary>
    public PostgresFixture Postgres { get; } = new();

    /// <summary>Stops it.</summary>
    public ValueTask DisposeAsync() => Postgres.DisposeAsync();
}

/// <summary>The server stops at once, as in a crash, in the middle of a transaction. On a server of their own, since all of its
/// connections are cut.</summary>
public sealed class PostgresCrashTests(CrashedServer server) : IClassFixture<CrashedServer>, IDisposable
{
    private const int Images = 6;

    // Retries that bridge a restart on the busiest machine.
    private const int Patience = 30;

    private readonly PostgresFixture _postgres = server.Postgres;
    private readonly DirectoryInfo _artifacts = Directory.CreateTempSubdirectory("dandelionml-test-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _artifacts.Delete(recursive: true);

    [Fact]
    public async Task Ingest_server_restarted_in_a_transaction_ends_like_an_undisturbed_run()
    {
        var expected = await IngestUndisturbedAsync();
        foreach (var (statement, occurrence) in new[] { ("INSERT INTO plants_data", 1), ("UPDATE plants_data", 1), ("UPDATE plants_data", 2), ("COMMIT\0", 2) })
        {
            await using var pair = await PrepareAsync();
            var crashing = pair.Database.Server;
            await using var proxy = new InterceptingProxy(crashing.Port, statement, occurrence, crashing.RestartImmediatelyAsync);
            await pair.IngestAsync(pair.Database.Open(retries: Patience, port: proxy.Port));

            Assert.True(proxy.HasHappened);
            Assert.Equal(expected, await pair.ReadStateAsync());
        }
    }

    [Fact]
    public async Task Ingest_server_gone_and_run_again_ends_like_an_undisturbed_run()
    {
        var expected = await IngestUndisturbedAsync();
        foreach (var (statement, occurrence) in new[] { ("INSERT INTO plants_data", 1), ("UPDATE plants_data", 2), ("COMMIT\0", 2) })
        {
            await using var pair = await PrepareAsync();
            var crashing = pair.Database.Server;
            await using var proxy = new InterceptingProxy(crashing.Port, statement, occurrence, crashing.StopImmediatelyAsync);
            var thrown = await Assert.ThrowsAsync<DatabaseException>(() => pair.IngestAsync(pair.Database.Open(retries: 0, port: proxy.Port)));
            Assert.Equal(DatabaseFailure.Unavailable, thrown.Failure);
            await crashing.StartAsync();
            await pair.IngestAsync(pair.Database.Open());

            Assert.Equal(expected, await pair.ReadStateAsync());
        }
    }

    [Theory]
    [InlineData("INSERT INTO model_versions")]
    [InlineData("INSERT INTO \"model_manifest_images\"")]
    [InlineData("INSERT INTO model_events")]
    public async Task Register_and_promote_server_restarted_in_a_transaction_ends_like_an_undisturbed_run(string statement)
    {
        await using var undisturbed = await _postgres.CreateDatabaseAsync();
        await RegisterAndPromoteAsync(Registry(undisturbed.Open(), "undisturbed"));
        await using var database = await _postgres.CreateDatabaseAsync();

        // The third time: in the second registration, and of the events in the first promotion.
        var occurrence = statement == "INSERT INTO model_events" ? 3 : 2;
        await using var proxy = new InterceptingProxy(
            database.Server.Port, statement, occurrence, database.Server.RestartImmediatelyAsync);
        await RegisterAndPromoteAsync(Registry(database.Open(retries: Patience, port: proxy.Port), "disturbed"));

        Assert.True(proxy.HasHappened);
        Assert.Equal(await ReadModelsAsync(undisturbed), await ReadModelsAsync(database));
    }

    [Fact]
    public async Task Register_server_gone_and_run_again_shows_one_version()
    {
        await using var database = await _postgres.CreateDatabaseAsync();
        await using var proxy = new InterceptingProxy(
            database.Server.Port, "INSERT INTO \"model_manifest_images\"", 1, database.Server.StopImmediatelyAsync);
        var thrown = await Assert.ThrowsAsync<DatabaseException>(() =>
            Registry(database.Open(retries: 0, port: proxy.Port), "gone").RegisterAsync(Registrations.Small(), Cancellation));
        Assert.Equal(DatabaseFailure.Unavailable, thrown.Failure);
        await database.Server.StartAsync();
        var registry = Registry(database.Open(), "gone");
        Assert.Empty(await registry.ListAsync(Cancellation));

        var registered = await registry.RegisterAsync(Registrations.Small(), Cancellation);
        Assert.Equal(registered.Version, Assert.Single(await registry.ListAsync(Cancellation)).Version);
        Assert.Equal(2, (await registry.LoadManifestAsync(registered.Version, Cancellation)).Images.Count);
    }

    [Fact]
    public async Task Promote_server_gone_leaves_the_champion()
    {
        await using var database = await _postgres.CreateDatabaseAsync();
        var registry = Registry(database.Open(), "promote");
        var first = (await registry.RegisterAsync(Registrations.Small(), Cancellation)).Version;
        var second = (await registry.RegisterAsync(Registrations.Small(), Cancellation)).Version;
        await registry.PromoteAsync(first, "first", Cancellation);

        // The second event of a promotion is written when the champion before is already archived.
        await using var proxy = new InterceptingProxy(
            database.Server.Port, "INSERT INTO model_events", 2, database.Server.StopImmediatelyAsync);
        var disturbed = Registry(database.Open(retries: 0, port: proxy.Port), "promote");
        await Assert.ThrowsAsync<DatabaseException>(() => disturbed.PromoteAsync(second, "better", Cancellation));
        await database.Server.StartAsync();
        Assert.Equal(first, (await registry.GetChampionAsync(Cancellation))?.Version);

        await registry.PromoteAsync(second, "better", Cancellation);
        Assert.Equal(
            [ModelState.Champion, ModelState.Archived], (await registry.ListAsync(Cancellation)).Select(model => model.State));
    }

    [Fact]
    public async Task Ingest_the_same_folder_by_two_at_once_gives_one_row_and_object_each()
    {
        var expected = await IngestUndisturbedAsync();
        await using var pair = await PrepareAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => pair.IngestAsync(pair.Database.Open()))));

        Assert.Equal(expected, await pair.ReadStateAsync());
    }

    private static Task<List<string>> ReadModelsAsync(PostgresDatabase database) => database.QueryAsync(
        """
        SELECT regexp_replace(artifact_key, '^.*/', '') || ' ' || state || ' '
            || (SELECT count(*) FROM model_manifest_images i WHERE i.version = v.version) || ' '
            || (SELECT string_agg(from_state || '>' || to_state, ',' ORDER BY id) FROM model_events e WHERE e.version = v.version)
        FROM model_versions v
        ORDER BY version
        """);

    private static async Task RegisterAndPromoteAsync(SqlModelRegistry registry)
    {
        var first = await registry.RegisterAsync(Registrations.Small(), Cancellation);
        var second = await registry.RegisterAsync(Registrations.Small(), Cancellation);
        await registry.PromoteAsync(first.Version, "first", Cancellation);
        await registry.PromoteAsync(second.Version, "better", Cancellation);
    }

    private async Task<List<string>> IngestUndisturbedAsync()
    {
        await using var pair = await PrepareAsync();
        await pair.IngestAsync(pair.Database.Open());
        return await pair.ReadStateAsync();
    }

    private async Task<IngestionPair> PrepareAsync()
    {
        var pair = new IngestionPair(await _postgres.CreateDatabaseAsync());
        pair.WriteImages(Images);
        return pair;
    }

    private SqlModelRegistry Registry(Database database, string folder) => new(
        database,
        new FolderImageStore(new FolderImageStoreOptions { Root = Path.Combine(_artifacts.FullName, folder) }),
        TimeProvider.System);
}
