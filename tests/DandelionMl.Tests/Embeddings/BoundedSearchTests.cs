using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Embeddings;

public sealed class BoundedSearchTests() : BoundedSearchSuite(new SqliteFile());
