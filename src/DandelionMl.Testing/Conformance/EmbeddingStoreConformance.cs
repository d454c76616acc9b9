using DandelionMl.Backbones;
using DandelionMl.Embeddings;

namespace DandelionMl.Testing.Conformance;

/// <summary>The contract of every <see cref="IEmbeddingStore"/>. An index may miss a few of the nearest; all else is exact.</summary>
/// <remarks>Override <see cref="Open"/>. It is called several times in a test, and each time gives the same store, as another process would
/// see it: a new connection to one database, say.</remarks>
/// <example>
/// <code>
/// public sealed class QdrantEmbeddingStoreTests : EmbeddingStoreConformance
/// {
///     private readonly string _collection = $"test-{Guid.NewGuid():N}";
///
///     protected override IEmbeddingStore Open() => new QdrantEmbeddingStore(_collection);
/// }
/// </code>
/// </example>
public abstract class EmbeddingStoreConformance : ConformanceSuite
{
    private const int Dimensions = 16;

    private static readonly EmbeddingSpace Space = new("backbone-a", "squash");

    /// <summary>Opens the store of this test, which is empty at first. Called again, it opens the same store as another process
    /// would.</summary>
    protected abstract IEmbeddingStore Open();

    [Fact]
    public async Task Put_new_reads_back_to_the_bit()
    {
        float[] vector = [0, -0f, 1.5f, float.Epsilon, float.MaxValue, -1 / 3f];
        await Open().PutAsync(Space, [new(Sha256("a"), vector)], Cancellation);

        var found = await Open().GetAsync(Space, [Sha256("a"), Sha256("missing")], Cancellation);
        Assert.Equal(Sha256("a"), Assert.Single(found).Key);
        Assert.Equal(vector.Select(BitConverter.SingleToInt32Bits), found[Sha256("a")].Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public async Task Put_known_keeps_the_first()
    {
        await Open().PutAsync(Space, [new(Sha256("a"), [1, 2])], Cancellation);
        await Open().PutAsync(Space, [new(Sha256("a"), [3, 4]), new(Sha256("b"), [5, 6])], Cancellation);

        var found = await Open().GetAsync(Space, [Sha256("a"), Sha256("b")], Cancellation);
        Assert.Equal([1, 2], found[Sha256("a")]);
        Assert.Equal([5, 6], found[Sha256("b")]);
        Assert.Equal(2, await Open().CountAsync(Space, Cancellation));
    }

    [Fact]
    public async Task Put_other_length_keeps_nothing()
    {
        await Assert.ThrowsAsync<ArgumentException>(
            () => Open().PutAsync(Space, [new(Sha256("a"), [1, 2]), new(Sha256("b"), [1, 2, 3])], Cancellation));
        Assert.Equal(0, await Open().CountAsync(Space, Cancellation));

        await Open().PutAsync(Space, [new(Sha256("a"), [1, 2])], Cancellation);
        await Assert.ThrowsAsync<ArgumentException>(() => Open().PutAsync(Space, [new(Sha256("b"), [1, 2, 3])], Cancellation));
        Assert.Equal(1, await Open().CountAsync(Space, Cancellation));
    }

    [Fact]
    public async Task Delete_leaves_the_others_and_lets_the_same_be_kept_anew()
    {
        EmbeddingSpace other = new("backbone-b", "squash");
        await Open().PutAsync(Space, [new(Sha256("a"), [1, 0]), new(Sha256("b"), [0, 1])], Cancellation);
        await Open().PutAsync(other, [new(Sha256("a"), [1, 0, 0])], Cancellation);

        await Open().DeleteAsync([Sha256("a"), Sha256("missing")], Cancellation);

        Assert.Equal([Sha256("b")], (await Open().GetAsync(Space, [Sha256("a"), Sha256("b")], Cancellation)).Keys);
        Assert.Equal([Sha256("b")], (await Open().FindNearestAsync(Space, new float[] { 1, 0 }, 2, cancellationToken: Cancellation)).Select(found => found.Sha256).ToArray());
        Assert.Equal((1, 0), (await Open().CountAsync(Space, Cancellation), await Open().CountAsync(other, Cancellation)));

        await Open().DeleteAsync([], Cancellation);
        await Open().PutAsync(Space, [new(Sha256("a"), [2, 0])], Cancellation);
        Assert.Equal<float>([2, 0], (await Open().GetAsync(Space, [Sha256("a")], Cancellation))[Sha256("a")].AsEnumerable());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public async Task Put_value_that_is_no_number_throws(float value) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Open().PutAsync(Space, [new(Sha256("a"), [1, value])], Cancellation));

    [Fact]
    public async Task Put_cancelled_keeps_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Open().PutAsync(Space, [new(Sha256("a"), [1, 2])], new CancellationToken(canceled: true)));

        Assert.Equal(0, await Open().CountAsync(Space, Cancellation));
    }

    [Fact]
    public async Task Get_thousands_in_one_call_gives_all()
    {
        var embeddings = RandomEmbeddings(2_500);
        await Open().PutAsync(Space, embeddings, Cancellation);

        var missing = Enumerable.Range(0, 40_000).Select(i => Sha256($"missing{i}"));
        var found = await Open().GetAsync(Space, [.. missing, .. embeddings.Select(embedding => embedding.Key)], Cancellation);
        Assert.Equal(2_500, found.Count);
        Assert.All(embeddings, embedding => Assert.Equal(embedding.Value, found[embedding.Key]));
    }

    [Fact]
    public async Task Get_nothing_gives_nothing() => Assert.Empty(await Open().GetAsync(Space, [], Cancellation));

    [Fact]
    public async Task Spaces_never_mix()
    {
        EmbeddingSpace[] others = [new("backbone-b", "squash"), new("backbone-a", "crop")];
        await Open().PutAsync(Space, [new(Sha256("a"), [1, 0])], Cancellation);
        await Open().PutAsync(others[0], [new(Sha256("a"), [0, 1, 0])], Cancellation);

        var inSpace = await Open().GetAsync(Space, [Sha256("a")], Cancellation);
        var inOther = await Open().GetAsync(others[0], [Sha256("a")], Cancellation);
        Assert.Equal([1, 0], inSpace[Sha256("a")]);
        Assert.Equal([0, 1, 0], inOther[Sha256("a")]);
        Assert.Empty(await Open().GetAsync(others[1], [Sha256("a")], Cancellation));
        Assert.Equal(0, await Open().CountAsync(others[1], Cancellation));
        Assert.Single(await Open().FindNearestAsync(Space, new float[] { 1, 0 }, 5, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task FindNearest_small_set_gives_cosines_in_order()
    {
        await Open().PutAsync(
            Space,
            [new(Sha256("same"), [10, 0]), new(Sha256("near"), [1, 1]), new(Sha256("across"), [0, 3]), new(Sha256("opposite"), [-2, 0])],
            Cancellation);

        var nearest = await Open().FindNearestAsync(Space, new float[] { 2, 0 }, 3, cancellationToken: Cancellation);
        Assert.Equal([Sha256("same"), Sha256("near"), Sha256("across")], nearest.Select(neighbour => neighbour.Sha256));
        Assert.Equal(1, nearest[0].Similarity, 1e-6f);
        Assert.Equal(MathF.Sqrt(0.5f), nearest[1].Similarity, 1e-6f);
        Assert.Equal(0, nearest[2].Similarity, 1e-6f);
        Assert.Equal(4, (await Open().FindNearestAsync(Space, new float[] { 2, 0 }, 100, cancellationToken: Cancellation)).Count);
    }

    [Fact]
    public async Task FindNearest_random_set_finds_most_of_the_true_neighbours()
    {
        const int count = 10;
        var embeddings = RandomEmbeddings(1_000);
        await Open().PutAsync(Space, embeddings, Cancellation);
        var found = 0;
        var queries = RandomEmbeddings(20, seed: 2);
        foreach (var (_, query) in queries)
        {
            var expected = embeddings.OrderByDescending(embedding => Cosine(embedding.Value, query))
                .Take(count)
                .Select(embedding => embedding.Key);
            var nearest = await Open().FindNearestAsync(Space, query, count, cancellationToken: Cancellation);
            Assert.Equal(count, nearest.Count);
            found += nearest.Select(neighbour => neighbour.Sha256).Intersect(expected).Count();
        }

        // An index may miss a few; an exact search finds all.
        Assert.InRange(found, 0.95 * count * queries.Count, count * queries.Count);
    }

    [Fact]
    public async Task FindNearest_empty_space_gives_nothing() =>
        Assert.Empty(await Open().FindNearestAsync(Space, new float[] { 1, 2 }, 5, cancellationToken: Cancellation));

    [Fact]
    public async Task FindNearest_wrong_arguments_throw()
    {
        await Open().PutAsync(Space, [new(Sha256("a"), [1, 2])], Cancellation);

        await Assert.ThrowsAsync<ArgumentException>(() => Open().FindNearestAsync(Space, new float[] { 1, 2, 3 }, 5, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Open().FindNearestAsync(Space, new float[] { 1, float.NaN }, 5, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Open().FindNearestAsync(Space, new float[] { 1, 2 }, 0, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Put_the_same_from_two_at_once_keeps_each_once()
    {
        var embeddings = RandomEmbeddings(400);
        var reversed = embeddings.AsEnumerable().Reverse().ToList();
        var (first, second) = (Open(), Open());
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(
            () => (i % 2 == 0 ? first : second).PutAsync(Space, i % 3 == 0 ? embeddings : reversed, Cancellation))));

        Assert.Equal(400, await Open().CountAsync(Space, Cancellation));
    }

    private static List<KeyValuePair<string, float[]>> RandomEmbeddings(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => KeyValuePair.Create(
            Sha256($"{seed}-{i}"), Enumerable.Range(0, Dimensions).Select(_ => (random.NextSingle() * 2) - 1).ToArray()))];
    }

    private static double Cosine(float[] left, float[] right) =>
        left.Zip(right, (a, b) => (double)a * b).Sum()
        / Math.Sqrt(left.Sum(a => (double)a * a) * right.Sum(b => (double)b * b));
}
