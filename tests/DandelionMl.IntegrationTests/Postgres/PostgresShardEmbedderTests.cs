using DandelionMl.Tests.Embeddings;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresShardEmbedderTests(PostgresFixture postgres) : ShardEmbedderSuite(new PostgresTestDatabase(postgres));
