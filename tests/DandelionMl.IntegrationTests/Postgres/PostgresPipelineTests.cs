using DandelionMl.Data;
using DandelionMl.Data.Postgres;
using DandelionMl.Hosting;
using DandelionMl.Tests.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresPipelineRunTests(PostgresFixture postgres) : PipelineRunSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    private protected override DatabaseProvider OpenProvider() => PipelinesOnPostgres.Open(_database);
}

public sealed class PostgresPipelineQueueTests(PostgresFixture postgres) : PipelineQueueSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    private protected override DatabaseProvider OpenProvider() => PipelinesOnPostgres.Open(_database);
}

public sealed class PostgresPipelineCrashTests(PostgresFixture postgres) : PipelineCrashSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    private protected override DatabaseProvider OpenProvider() => PipelinesOnPostgres.Open(_database);
}

public sealed class PostgresPipelineScheduleTests(PostgresFixture postgres) : PipelineScheduleSuite
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    private protected override DatabaseProvider OpenProvider() => PipelinesOnPostgres.Open(_database);
}

internal static class PipelinesOnPostgres
{
    public static DatabaseProvider Open(PostgresDatabase database) => new PostgresProvider(
        new PostgresOptions { ConnectionString = database.Connect().ConnectionString }, TimeProvider.System, NullLogger.Instance);
}
