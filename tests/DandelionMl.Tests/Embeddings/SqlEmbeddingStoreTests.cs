using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using DandelionMl.Testing.Conformance;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Embeddings;

public sealed class SqlEmbeddingStoreTests : EmbeddingStoreConformance
{
    private readonly SqliteFile _file = new();

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override IEmbeddingStore Open() => new SqlEmbeddingStore(_file.Open());

    [Fact]
    public async Task FindNearest_equal_similarities_are_ordered_by_hash()
    {
        var space = new EmbeddingSpace("backbone", "squash");
        var hashes = Enumerable.Range(0, 20).Select(i => Sha256($"{i}")).ToList();
        await Open().PutAsync(space, [.. hashes.Select(hash => KeyValuePair.Create(hash, new float[] { 3, 4 }))], Cancellation);

        var nearest = await Open().FindNearestAsync(space, new float[] { 3, 4 }, 5, cancellationToken: Cancellation);
        Assert.Equal(hashes.Order(StringComparer.Ordinal).Take(5), nearest.Select(neighbour => neighbour.Sha256));
    }

    [Fact]
    public async Task FindNearest_vector_of_zeros_is_similar_to_nothing()
    {
        var space = new EmbeddingSpace("backbone", "squash");
        await Open().PutAsync(space, [new(Sha256("zero"), [0, 0]), new(Sha256("across"), [-1, 0])], Cancellation);

        var nearest = await Open().FindNearestAsync(space, new float[] { 1, 0 }, 2, cancellationToken: Cancellation);
        Assert.Equal([new Neighbour(Sha256("zero"), 0), new Neighbour(Sha256("across"), -1)], nearest);
    }

    [Fact]
    public void Write_vector_is_little_endian() => Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], VectorBytes.Write([1, -2]));
}
