using DandelionMl.IntegrationTests.Postgres;

[assembly: AssemblyFixture(typeof(PostgresFixture))]

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>One server for all tests that leave it alone, started by the first of them; each test has a database of its own, copied from
/// one that is migrated.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private const string Template = "migrated";

    private readonly Lazy<Task<PostgresServer>> _server = new(StartAsync);
    private int _databases;

    /// <summary>A new database with the library's schema, empty.</summary>
    internal Task<PostgresDatabase> CreateDatabaseAsync() => CreateAsync(Template);

    /// <summary>A new database without any table.</summary>
    internal Task<PostgresDatabase> CreateBareDatabaseAsync() => CreateAsync("template0");

    /// <summary>Stops the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.CreateAsync();
        await server.ExecuteAsync("postgres", $"CREATE DATABASE {Template}");
        var parts = server.Connect(Template);
        parts.Pooling = false; // A database with connections can't be copied.
        await using var database = PostgresDatabase.Open(parts);
        await database.EnsureSchemaAsync();
        return server;
    }

    private async Task<PostgresDatabase> CreateAsync(string template)
    {
        var server = await _server.Value;
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await server.ExecuteAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {template}");
        return new PostgresDatabase(server, name);
    }
}
