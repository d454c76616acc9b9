using DandelionMl.Embeddings;
using DandelionMl.Testing.Conformance;

namespace DandelionMl.IntegrationTests.PgVector;

/// <summary>The conformance suite where nearest neighbours are found by an index.</summary>
[Collection(PgVectorTests.Name)]
public sealed class PgVectorEmbeddingStoreTests(PgVectorFixture pgVector) : EmbeddingStoreConformance
{
    public override async ValueTask InitializeAsync() => await pgVector.ResetAsync();

    protected override IEmbeddingStore Open() => new SqlEmbeddingStore(pgVector.Database);
}
