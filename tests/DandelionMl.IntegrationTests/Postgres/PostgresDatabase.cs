using DandelionMl.Data;
using DandelionMl.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>A database of a test's own. Each <see cref="Database"/> opened on it stands for a process of its own.</summary>
internal sealed class PostgresDatabase(PostgresServer server, string name) : IAsyncDisposable
{
    private readonly List<Database> _databases = [];

    public PostgresServer Server => server;

    public string Name => name;

    public NpgsqlConnectionStringBuilder Connect(int? port = null) => server.Connect(name, port);

    public static DatabaseProvider OpenProvider(NpgsqlConnectionStringBuilder connection, int retries = 7) => new PostgresProvider(
        new PostgresOptions { ConnectionString = connection.ConnectionString, MaxRetryAttempts = retries },
        TimeProvider.System,
        NullLogger.Instance);

    public static Database Open(NpgsqlConnectionStringBuilder connection, int retries = 7) => new(OpenProvider(connection, retries));

    public Database Open(Action<NpgsqlConnectionStringBuilder>? configure = null, int retries = 7, int? port = null)
    {
        var connection = Connect(port);
        configure?.Invoke(connection);
        var database = Open(connection, retries);
        lock (_databases)
        {
            _databases.Add(database);
        }

        return database;
    }

    public Task ExecuteAsync(string sql) => server.ExecuteAsync(name, sql);

    /// <summary>The first column of every row, as text.</summary>
    public Task<List<string>> QueryAsync(string sql) => Open().ReadAsync(
        session => session.QueryAsync(sql, null, row => Convert.ToString(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!),
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
        {
            await database.DisposeAsync();
        }

        await server.ExecuteAsync("postgres", $"DROP DATABASE {name} WITH (FORCE)");
    }
}
