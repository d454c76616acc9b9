using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Shadowing;

public sealed class ShadowTests() : ShadowSuite(new SqliteFile());
