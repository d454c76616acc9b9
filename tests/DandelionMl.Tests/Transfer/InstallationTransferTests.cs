using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Transfer;

public sealed class InstallationTransferTests() : InstallationTransferSuite(new SqliteFile());
