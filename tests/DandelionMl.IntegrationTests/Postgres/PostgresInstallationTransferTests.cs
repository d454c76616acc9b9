using DandelionMl.Tests.Transfer;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresInstallationTransferTests(PostgresFixture postgres) : InstallationTransferSuite(new PostgresTestDatabase(postgres));
