using DandelionMl.Data;
using DandelionMl.Tests.Support;

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>A database of the server, for a suite.</summary>
public sealed class PostgresTestDatabase(PostgresFixture postgres) : TestDatabase
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    private protected override DatabaseProvider OpenProvider() => PostgresDatabase.OpenProvider(_database.Connect());
}
