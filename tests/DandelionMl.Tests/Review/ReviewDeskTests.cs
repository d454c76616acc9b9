using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Review;

public sealed class ReviewDeskTests() : ReviewDeskSuite(new SqliteFile());
