using DandelionMl.Data;
using DandelionMl.Data.Migrations;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresMigrationTests(PostgresFixture postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnsureSchema_eight_replicas_at_once_migrate_once()
    {
        await using var database = await postgres.CreateBareDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => database.Open().EnsureSchemaAsync(Cancellation))));

        Assert.Equal(
            MigrationList.Versions.Select(version => $"{version}"), await database.QueryAsync("SELECT version FROM schema_versions ORDER BY version"));
    }

    [Fact]
    public async Task EnsureSchema_newer_database_is_refused_and_left_alone()
    {
        const string tables = "SELECT c.relname || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid " +
            "WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1";
        await using var database = await postgres.CreateDatabaseAsync();
        var before = await database.QueryAsync(tables);
        await using var known = database.Open();
        await known.EnsureSchemaAsync(Cancellation);
        await database.ExecuteAsync("INSERT INTO schema_versions (version, applied_on, description) VALUES (1000, now(), 'later')");

        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => database.Open().EnsureSchemaAsync(Cancellation));
        Assert.Equal(DatabaseFailure.TooNew, thrown.Failure);
        Assert.Contains("1000", thrown.Message, StringComparison.Ordinal);
        var after = await known.ReadAsync(session => session.QueryAsync(tables, null, row => row.GetFieldValue<string>(0)), Cancellation);
        Assert.Equal(before, after);
        Assert.Contains("plants_dataurl_source", after);
    }

    [Fact]
    public async Task EnsureSchema_pool_of_one_connection_migrates()
    {
        await using var database = await postgres.CreateBareDatabaseAsync();
        await database.Open(connection => connection.MaxPoolSize = 1).EnsureSchemaAsync(Cancellation);

        Assert.Equal(["0"], await database.QueryAsync("SELECT count(*) FROM plants_data"));
    }
}
