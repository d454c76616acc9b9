using DandelionMl.Embeddings;
using DandelionMl.Testing.Conformance;

namespace DandelionMl.Testing.Tests;

public sealed class InMemoryEmbeddingStoreTests : EmbeddingStoreConformance
{
    private readonly InMemoryEmbeddingStore _store = new();

    protected override IEmbeddingStore Open() => _store;

    [Fact]
    public async Task Vectors_are_copies()
    {
        var (space, vector) = (new Backbones.EmbeddingSpace("fake", "mean"), new float[] { 1, 2 });
        await _store.PutAsync(space, [new(Sha256("a"), vector)], Cancellation);
        vector[0] = 9;
        (await _store.GetAsync(space, [Sha256("a")], Cancellation))[Sha256("a")][1] = 9;

        var kept = (await _store.GetAsync(space, [Sha256("a")], Cancellation))[Sha256("a")];
        Assert.Equal([1, 2], kept);
    }
}
