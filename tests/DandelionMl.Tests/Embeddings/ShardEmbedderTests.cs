using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Embeddings;

public sealed class ShardEmbedderTests() : ShardEmbedderSuite(new SqliteFile());
