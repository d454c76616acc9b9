using DandelionMl.Tests.Registry;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresRejectedVersionsTests(PostgresFixture postgres) : RejectedVersionsSuite(new PostgresTestDatabase(postgres));
