using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.LiveAccuracy;

public sealed class LiveAccuracyTests() : LiveAccuracySuite(new SqliteFile());
