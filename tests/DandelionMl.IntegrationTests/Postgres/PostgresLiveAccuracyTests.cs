using DandelionMl.Tests.LiveAccuracy;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresLiveAccuracyTests(PostgresFixture postgres) : LiveAccuracySuite(new PostgresTestDatabase(postgres));
