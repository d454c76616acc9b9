using DandelionMl.Tests.Shadowing;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresShadowTests(PostgresFixture postgres) : ShadowSuite(new PostgresTestDatabase(postgres));
