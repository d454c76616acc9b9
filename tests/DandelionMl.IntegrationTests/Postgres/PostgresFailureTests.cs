using DandelionMl.Catalog;
using DandelionMl.Data;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresFailureTests(PostgresFixture postgres) : IAsyncLifetime
{
    // With the end of the message: Npgsql commits when it looks up the server's types, too, but by a longer statement.
    private const string Commit = "COMMIT\0";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelionml-test-");
    private PostgresDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FolderImageStore Artifacts => new(new FolderImageStoreOptions { Root = _folder.FullName });

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Read_wrong_password_is_denied_and_no_secret_is_told()
    {
        const string wrong = "n0t-the-password";
        var database = _database.Open(connection => connection.Password = wrong);

        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => Catalog(database).FindBySourceAsync("a", Cancellation));
        Assert.Equal(DatabaseFailure.AccessDenied, thrown.Failure);
        Assert.Contains($"{_database.Server.Port}, database '{_database.Name}'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("password authentication failed", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_unknown_database_is_denied()
    {
        var database = _database.Open(connection => connection.Database = "nowhere");

        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => database.CheckAsync(Cancellation));
        Assert.Equal(DatabaseFailure.AccessDenied, thrown.Failure);
        Assert.Contains("\"nowhere\" does not exist", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_unreachable_server_is_unavailable_and_no_secret_is_told()
    {
        // Port 1 is nobody's.
        var database = _database.Open(retries: 1, port: 1);

        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => Catalog(database).FindBySourceAsync("a", Cancellation));
        Assert.Equal(DatabaseFailure.Unavailable, thrown.Failure);
        Assert.Contains("127.0.0.1:1", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_server_that_answers_returns() => await new DatabaseCheck(_database.Open(), TimeProvider.System).CheckAsync(Cancellation);

    [Fact]
    public async Task Register_more_tasks_than_connections_works_out()
    {
        var database = _database.Open(connection => connection.MaxPoolSize = 2);
        var inserted = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(
            () => Catalog(database).RegisterAsync([Entry($"{i % 30}"), Entry("everyone's")], Cancellation))));

        Assert.Equal(31, inserted.Sum());
    }

    [Fact]
    public async Task Read_pool_exhausted_waits_for_a_connection()
    {
        var database = _database.Open(connection => (connection.MaxPoolSize, connection.Timeout) = (1, 1));
        await database.EnsureSchemaAsync(Cancellation);
        var isHeld = new TaskCompletionSource();
        var isReleased = new TaskCompletionSource();
        var holder = database.ReadAsync(
            async session =>
            {
                isHeld.SetResult();
                await isReleased.Task;
                return await session.ScalarAsync<int>("SELECT 1");
            },
            Cancellation);
        await isHeld.Task;

        // A try without retries fails for want of a connection; the one beside it is still trying.
        var waiting = Catalog(database).FindBySourceAsync("a", Cancellation);
        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => database.CheckAsync(Cancellation));
        Assert.Equal(DatabaseFailure.Unavailable, thrown.Failure);
        isReleased.SetResult();
        Assert.Null(await waiting);
        Assert.Equal(1, await holder);
    }

    [Fact]
    public async Task Write_read_only_database_is_a_typed_error_and_nothing_is_done()
    {
        await Catalog(_database.Open()).RegisterAsync([Entry("before")], Cancellation);
        await _database.ExecuteAsync($"ALTER DATABASE {_database.Name} SET default_transaction_read_only = on");
        var database = _database.Open();

        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => Catalog(database).RegisterAsync([Entry("after")], Cancellation));
        Assert.Equal(DatabaseFailure.ReadOnly, thrown.Failure);
        thrown = await Assert.ThrowsAsync<DatabaseException>(() => Registry(database).RegisterAsync(Registrations.Small(), Cancellation));
        Assert.Equal(DatabaseFailure.ReadOnly, thrown.Failure);
        Assert.NotNull(await Catalog(database).FindBySourceAsync(Entry("before").UrlSource, Cancellation));
        Assert.Null(await Catalog(database).FindBySourceAsync(Entry("after").UrlSource, Cancellation));
        Assert.Empty(await Registry(database).ListAsync(Cancellation));
        Assert.Empty(_folder.EnumerateFiles("*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Register_images_commit_answer_lost_is_done_once()
    {
        await using var proxy = new InterceptingProxy(_database.Server.Port, [Commit], Passage.LosesAnswer);
        await Catalog(_database.Open(port: proxy.Port)).RegisterAsync([Entry("a"), Entry("b")], Cancellation);

        Assert.True(proxy.HasHappened);
        Assert.Equal(["2"], await _database.QueryAsync("SELECT count(*) FROM plants_data"));
    }

    [Fact]
    public async Task Promote_commit_answer_lost_is_told_and_not_done_twice()
    {
        var version = (await Registry(_database.Open()).RegisterAsync(Registrations.Small(), Cancellation)).Version;
        await using var proxy = new InterceptingProxy(_database.Server.Port, [Commit], Passage.LosesAnswer);
        var database = _database.Open(port: proxy.Port);

        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => Registry(database).PromoteAsync(version, "best", Cancellation));
        Assert.Equal(DatabaseFailure.OutcomeUnknown, thrown.Failure);
        Assert.Equal(version, (await Registry(database).GetChampionAsync(Cancellation))?.Version);
        Assert.Equal(["1"], await _database.QueryAsync("SELECT count(*) FROM model_events WHERE to_state = 'champion'"));
    }

    [Fact]
    public async Task Decide_commit_answer_lost_is_done_once()
    {
        var version = (await Registry(_database.Open()).RegisterAsync(Registrations.Small(), Cancellation)).Version;
        await using var proxy = new InterceptingProxy(_database.Server.Port, [Commit], Passage.LosesAnswer);
        var verdict = new GateVerdict(null, [new GateCheck("accuracy", true, 1, 0.8, "accuracy is 1")], null);

        var decided = await Registry(_database.Open(port: proxy.Port)).DecideAsync(version, verdict, "gate", Cancellation);

        Assert.True(proxy.HasHappened);
        Assert.Equal(ModelState.Champion, decided.State);
        Assert.Equal(["1"], await _database.QueryAsync("SELECT count(*) FROM model_events WHERE to_state = 'champion'"));
    }

    private static SqlImageCatalog Catalog(Database database) => new(database, TimeProvider.System);

    private static ManifestEntry Entry(string name) => new($"https://example.org/{name}.jpg", "dandelion");

    private SqlModelRegistry Registry(Database database) => new(database, Artifacts, TimeProvider.System);
}
