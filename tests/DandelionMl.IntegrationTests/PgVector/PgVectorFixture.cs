using DandelionMl.Data;
using DandelionMl.Postgres;
using DandelionMl.IntegrationTests.Postgres;

namespace DandelionMl.IntegrationTests.PgVector;

/// <summary>A database with pgvector, and the schema as the library makes it on a real server: its migrations need two connections.</summary>
public sealed class PgVectorFixture(PostgresFixture postgres) : IAsyncLifetime
{
    private PgliteServer _server = null!;

    /// <summary>The one database that all tests use, since the server has one session.</summary>
    internal Database Database { get; private set; } = null!;

    /// <summary>What was logged when it was opened.</summary>
    internal List<string> Logged { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await using var migrated = await postgres.CreateDatabaseAsync();
        var schema = await migrated.Server.DumpAsync(migrated.Name);
        _server = await PgliteServer.StartAsync();
        var provider = new PostgresProvider(
            new PostgresOptions { ConnectionString = _server.Connection.ConnectionString }, TimeProvider.System, new ListLogger(Logged))
        {
            Copies = false, // Its session never ends one.
        };
        Database = new Database(provider);

        // By the connection that everything else uses, too: the server may not take another one while it takes leave of the first.
        await using (var command = provider.DataSource.CreateCommand(schema))
        {
            await command.ExecuteNonQueryAsync();
        }

        await Database.EnsureSchemaAsync();
    }

    /// <summary>Takes away what a test has kept.</summary>
    internal async Task ResetAsync()
    {
        foreach (var table in await QueryAsync("SELECT tablename FROM pg_tables WHERE tablename LIKE 'nearest%'"))
        {
            await ExecuteAsync($"DROP TABLE {table}");
        }

        await ExecuteAsync("TRUNCATE embeddings");
    }

    internal Task<List<string>> QueryAsync(string sql) => Database.ReadAsync(
        session => session.QueryAsync(sql, null, row => row.GetFieldValue<string>(0)), CancellationToken.None);

    internal Task ExecuteAsync(string sql) => Database.ReadAsync(session => session.ExecuteAsync(sql), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await _server.DisposeAsync();
    }
}
