using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog;

public sealed class ImageRelocatorTests() : ImageRelocatorSuite(new SqliteFile());
