using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Drift;

public sealed class DriftWatchTests() : DriftWatchSuite(new SqliteFile());
