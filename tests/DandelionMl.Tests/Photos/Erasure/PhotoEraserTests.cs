using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public sealed class PhotoEraserTests() : PhotoEraserSuite(new SqliteFile());
