using DandelionMl.Tests.Data;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresNewerSchemaTests(PostgresFixture postgres) : NewerSchemaSuite(new PostgresTestDatabase(postgres));
