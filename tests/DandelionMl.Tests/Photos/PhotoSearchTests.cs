using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public sealed class PhotoSearchTests() : PhotoSearchSuite(new SqliteFile());
