using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public sealed class ReviewDeskTests() : ReviewDeskSuite(new SqliteFile());
