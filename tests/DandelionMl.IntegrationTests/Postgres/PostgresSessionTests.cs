using DandelionMl.Tests.Data;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresSessionTests(PostgresFixture postgres) : DatabaseSessionSuite(new PostgresTestDatabase(postgres));
