using DandelionMl.Tests.Drift;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresDriftTests(PostgresFixture postgres) : DriftWatchSuite(new PostgresTestDatabase(postgres));
