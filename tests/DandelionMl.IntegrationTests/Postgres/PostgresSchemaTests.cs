using DandelionMl.Data.Migrations;

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>Databases that earlier releases wrote.</summary>
public sealed class PostgresSchemaTests(PostgresFixture postgres)
{
    private const string DescribeSql =
        """
        SELECT concat_ws(' ', table_name, ordinal_position, column_name, data_type, character_maximum_length, is_nullable, column_default,
            is_identity, identity_generation, pg_get_serial_sequence(table_name, column_name))
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        ORDER BY 1
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Schema_of_version_5_is_what_earlier_releases_made()
    {
        await using var earlier = await CreateVersionFiveAsync();
        await using var database = await postgres.CreateBareDatabaseAsync();
        await MigrateToAsync(database, 5);

        var expected = await QueryAsync(earlier);
        Assert.Equal(expected, await QueryAsync(database));
        Assert.Contains(expected, line => line.StartsWith("plants_data 4 label character varying 50 NO", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Database_of_an_earlier_release_goes_on()
    {
        await using var database = await CreateVersionFiveAsync();

        Assert.Equal(
            MigrationList.Versions.Select(version => $"{version}"), await database.QueryAsync("SELECT version FROM schema_versions ORDER BY version"));
    }

    [Fact]
    public async Task Migration_that_fails_leaves_what_was_there_and_is_made_up_for()
    {
        await using var database = await postgres.CreateBareDatabaseAsync();
        await MigrateToAsync(database, 2);
        await database.ExecuteAsync("CREATE TABLE uploads (id integer)");
        var before = await QueryAsync(database);

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => MigrateToAsync(database, 5));
        Assert.Equal(before, await QueryAsync(database));

        await database.ExecuteAsync("DROP TABLE uploads");
        await MigrateToAsync(database, 5);
        Assert.Contains(await QueryAsync(database), line => line.StartsWith("curation_events", StringComparison.Ordinal));
    }

    private async Task<PostgresDatabase> CreateVersionFiveAsync()
    {
        var database = await postgres.CreateBareDatabaseAsync();
        await database.ExecuteAsync(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Postgres", "Schemas", "postgres-5.sql"), Cancellation));
        return database;
    }

    private static async Task MigrateToAsync(PostgresDatabase database, long version)
    {
        var provider = PostgresDatabase.OpenProvider(database.Connect());
        await using var connections = provider.DataSource;
        await new SchemaMigrator(provider, version).BringUpToDateAsync(Cancellation);
    }

    private static async Task<List<string>> QueryAsync(PostgresDatabase database)
    {
        var lines = new List<string>();
        await using var connection = new Npgsql.NpgsqlConnection(database.Connect().ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var command = new Npgsql.NpgsqlCommand(DescribeSql, connection);
        await using var rows = await command.ExecuteReaderAsync(Cancellation);
        while (await rows.ReadAsync(Cancellation))
        {
            lines.Add(rows.GetString(0));
        }

        return lines;
    }
}
