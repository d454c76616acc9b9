using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Embeddings;

/// <summary>The nearest embeddings of a database that has no index of vectors.</summary>
public abstract class BoundedSearchSuite(TestDatabase database) : IAsyncLifetime
{
    private protected static readonly EmbeddingSpace Space = new("backbone", "squash");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return database.DisposeAsync();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 12)]
    [InlineData(700, 3)]
    public async Task Neighbours_are_those_that_comparing_with_each_gives(int count, int dimensions)
    {
        var embeddings = Draw(400, dimensions, seed: 1);
        await Open().PutAsync(Space, embeddings, Token);
        var store = Open();
        foreach (var (_, query) in Draw(20, dimensions, seed: 2))
        {
            Assert.Equal(Compare(embeddings, query, count, -1), await store.FindNearestAsync(Space, query, count, cancellationToken: Token));
            Assert.Equal(Compare(embeddings, query, count, 0.8f), await store.FindNearestAsync(Space, query, count, 0.8f, Token));
        }
    }

    [Fact]
    public async Task What_other_processes_add_and_delete_is_seen()
    {
        var (here, there) = (Open(), Open());
        var embeddings = Draw(2_000, 8, seed: 3);
        Assert.Empty(await here.FindNearestAsync(Space, embeddings[0].Value, 3, cancellationToken: Token));
        var kept = 0;
        foreach (var next in (int[])[1, 2, 40, 600, 601, 2_000])
        {
            await there.PutAsync(Space, embeddings[kept..next], Token);
            kept = next;
            Assert.Equal(Compare(embeddings[..kept], embeddings[next - 1].Value, 3, -1), await here.FindNearestAsync(Space, embeddings[next - 1].Value, 3, cancellationToken: Token));
        }

        // The last one goes, and another takes its place.
        await there.DeleteAsync([embeddings[^1].Key], Token);
        Assert.NotEqual(embeddings[^1].Key, (await here.FindNearestAsync(Space, embeddings[^1].Value, 1, cancellationToken: Token))[0].Sha256);
        var other = Draw(1, 8, seed: 4);
        await there.PutAsync(Space, other, Token);
        Assert.Equal(other[0].Key, (await here.FindNearestAsync(Space, other[0].Value, 1, cancellationToken: Token))[0].Sha256);
        await there.PutAsync(Space, embeddings[^1..], Token);
        Assert.Equal(embeddings[^1].Key, (await here.FindNearestAsync(Space, embeddings[^1].Value, 1, cancellationToken: Token))[0].Sha256);
    }

    [Fact]
    public async Task Too_many_to_keep_in_memory_are_all_compared()
    {
        var embeddings = Draw(30, 8, seed: 8);
        await Open().PutAsync(Space, embeddings, Token);
        var own = database.Open();
        var store = new SqlEmbeddingStore(own, new BoundedSearch(own, most: 29));

        Assert.Null(await new EmbeddingBounds(own, Space, most: 29).OfAsync(embeddings[0].Value, Token));
        Assert.Equal(Compare(embeddings, embeddings[3].Value, 5, 0.1f), await store.FindNearestAsync(Space, embeddings[3].Value, 5, 0.1f, Token));
    }

    [Fact]
    public async Task What_is_forgotten_leaves_nothing_in_memory_and_may_come_again()
    {
        var embeddings = Draw(40, 8, seed: 10);
        await Open().PutAsync(Space, embeddings, Token);
        var bounds = new EmbeddingBounds(database.Open(), Space, most: 100);
        var before = await bounds.OfAsync(embeddings[3].Value, Token);
        var place = before!.Hashes.ToList().IndexOf(embeddings[3].Key);
        Assert.Equal(1, before.Values[place], 1e-4f);

        await Open().DeleteAsync([embeddings[3].Key], Token);
        await bounds.ForgetAsync([embeddings[3].Key, embeddings[3].Key]);

        var after = await bounds.OfAsync(embeddings[3].Value, Token);
        Assert.Equal(0, after!.Values[place]);
        Assert.DoesNotContain(embeddings[3].Key, after.Hashes);

        await Open().PutAsync(Space, embeddings[3..4], Token);
        var again = await bounds.OfAsync(embeddings[3].Value, Token);
        Assert.Equal(1, again!.Values[again.Hashes.ToList().IndexOf(embeddings[3].Key)], 1e-4f);
    }

    [Fact]
    public async Task Deleted_in_this_process_is_not_found_again()
    {
        var embeddings = Draw(40, 8, seed: 11);
        var store = Open();
        await store.PutAsync(Space, embeddings, Token);
        await store.FindNearestAsync(Space, embeddings[0].Value, 1, cancellationToken: Token);

        await store.DeleteAsync([embeddings[0].Key, embeddings[5].Key], Token);
        await store.PutAsync(Space, embeddings[5..6], Token);

        var left = embeddings.Where((_, index) => index != 0).ToArray();
        Assert.Equal(Compare(left, embeddings[0].Value, 39, -1), await store.FindNearestAsync(Space, embeddings[0].Value, 40, cancellationToken: Token));
    }

    [Fact]
    public async Task What_grows_to_too_many_is_no_longer_kept_in_memory()
    {
        var embeddings = Draw(30, 8, seed: 9);
        await Open().PutAsync(Space, embeddings[..20], Token);
        var bounds = new EmbeddingBounds(database.Open(), Space, most: 29);
        Assert.NotNull(await bounds.OfAsync(embeddings[0].Value, Token));

        await Open().PutAsync(Space, embeddings[20..], Token);

        Assert.Null(await bounds.OfAsync(embeddings[0].Value, Token));
    }

    [Fact]
    public async Task Many_at_once_get_what_one_gets()
    {
        var embeddings = Draw(500, 8, seed: 5);
        await Open().PutAsync(Space, embeddings[..100], Token);
        var store = Open();

        var added = Task.Run(async () =>
        {
            foreach (var embedding in embeddings[100..])
            {
                await store.PutAsync(Space, [embedding], Token);
            }
        }, Token);
        var found = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => Task.Run(
            () => store.FindNearestAsync(Space, embeddings[number].Value, 1, 0.99f, Token), Token)));
        await added;

        Assert.All(found.Index(), item => Assert.Equal(embeddings[item.Index].Key, item.Item[0].Sha256));
        Assert.Equal(Compare(embeddings, embeddings[499].Value, 5, -1), await store.FindNearestAsync(Space, embeddings[499].Value, 5, cancellationToken: Token));
    }

    [Fact]
    public async Task Few_embeddings_are_compared_in_full_when_near_ones_are_sought()
    {
        var embeddings = Draw(4_000, 48, seed: 6);
        await Open().PutAsync(Space, embeddings, Token);

        var bounds = await new EmbeddingBounds(database.Open(), Space, most: 4_000).OfAsync(embeddings[7].Value, Token);

        Assert.Equal(4_000, bounds!.Values.Length);
        Assert.InRange(bounds.FindFrom(0.95f, except: []).Length, 1, 40);
    }

    private protected SqlEmbeddingStore Open() => new(database.Open());

    private protected static List<Neighbour> Compare(IEnumerable<KeyValuePair<string, float[]>> embeddings, float[] query, int count, float minimumSimilarity) =>
    [
        .. embeddings.Select(item => new Neighbour(item.Key, SqlEmbeddingStore.Similarity(query, item.Value)))
            .Where(item => item.Similarity >= minimumSimilarity)
            .OrderByDescending(item => item.Similarity).ThenBy(item => item.Sha256, StringComparer.Ordinal).Take(count),
    ];

    /// <summary>Of a spectrum that falls, as that of photos does; every tenth is like the one before.</summary>
    private protected static List<KeyValuePair<string, float[]>> Draw(int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        var drawn = new List<KeyValuePair<string, float[]>>();
        for (var number = 0; number < count; number++)
        {
            var before = number % 10 == 9 ? drawn[^1].Value : new float[dimensions];
            drawn.Add(KeyValuePair.Create(
                ContentHash.Of(BitConverter.GetBytes((seed * 100_000) + number)),
                (float[])[.. Enumerable.Range(0, dimensions).Select(index => (5 * before[index]) + (((2 * random.NextSingle()) - 1) / (index + 1)))]));
        }

        return drawn;
    }
}
