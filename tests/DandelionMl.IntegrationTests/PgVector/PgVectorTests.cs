using System.Data.Common;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Postgres;
using DandelionMl.Embeddings;
using DandelionMl.IntegrationTests.Postgres;
using Npgsql;

namespace DandelionMl.IntegrationTests.PgVector;

/// <summary>The index of vectors: that it is found, used, complete and precise.</summary>
[Collection(Name)]
public sealed class PgVectorTests(PgVectorFixture pgVector, PostgresFixture postgres) : IAsyncLifetime
{
    public const string Name = "pgvector";

    private const int Dimensions = 48;

    private const string TypeSql =
        """
        SELECT format_type(atttypid, atttypmod) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE attname = 'direction' AND relname LIKE 'nearest%' AND relkind = 'r'
        """;

    private static readonly EmbeddingSpace Space = new("backbone 'a'", "squash");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await pgVector.ResetAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Discover_server_with_pgvector_takes_it_in_and_says_so()
    {
        Assert.Contains(pgVector.Logged, message => message.StartsWith("302 PostgreSQL has pgvector", StringComparison.Ordinal));
        Assert.NotEmpty(await pgVector.QueryAsync("SELECT extversion FROM pg_extension WHERE extname = 'vector'"));
        Assert.NotNull(pgVector.Database.Vectors);
    }

    [Fact]
    public async Task Discover_server_without_pgvector_says_so()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database.Connect().ConnectionString);
        var logged = new List<string>();

        Assert.Null(await PgVectorExtension.FindAsync(source, new ListLogger(logged), Cancellation));
        Assert.StartsWith("303 ", Assert.Single(logged), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindNearest_4000_embeddings_finds_nearly_all_true_neighbours_by_the_index()
    {
        const int count = 10;
        var embeddings = Clustered(4_000, seed: 1);
        await KeepWithoutIndexAsync(embeddings.Take(3_500));
        var store = new SqlEmbeddingStore(pgVector.Database);

        // Most are taken in when the index is built, the rest one after the other.
        foreach (var batch in embeddings.Skip(3_500).Chunk(500))
        {
            await store.PutAsync(Space, batch, Cancellation);
        }

        var found = 0;
        var queries = Clustered(30, seed: 2);
        foreach (var (_, query) in queries)
        {
            var expected = embeddings.OrderByDescending(embedding => TensorPrimitives.CosineSimilarity<float>(embedding.Value, query))
                .Take(count)
                .Select(embedding => embedding.Key);
            var nearest = await store.FindNearestAsync(Space, query, count, cancellationToken: Cancellation);
            Assert.Equal(nearest.OrderByDescending(neighbour => neighbour.Similarity), nearest);
            found += nearest.Select(neighbour => neighbour.Sha256).Intersect(expected).Count();
        }

        Assert.InRange((double)found / (count * queries.Count), 0.95, 1);
        Assert.Contains("Index Scan using ix_nearest_48_", await ExplainAsync(queries[0].Value, count), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindNearest_embeddings_kept_before_the_index_are_found()
    {
        var embeddings = Clustered(1_500, seed: 1);
        await KeepWithoutIndexAsync(embeddings);

        var (sha256, vector) = embeddings[1_234];
        var nearest = await new SqlEmbeddingStore(pgVector.Database).FindNearestAsync(Space, vector, 1, cancellationToken: Cancellation);
        Assert.Equal(sha256, Assert.Single(nearest).Sha256);
        Assert.Equal(1, nearest[0].Similarity, 1e-6f);
    }

    [Fact]
    public async Task FindNearest_more_than_the_index_gives_are_all_found()
    {
        var embeddings = Clustered(700, seed: 1);
        var store = new SqlEmbeddingStore(pgVector.Database);
        await store.PutAsync(Space, embeddings, Cancellation);

        Assert.Equal(450, (await store.FindNearestAsync(Space, embeddings[0].Value, 450, cancellationToken: Cancellation)).Count);
        Assert.Equal(700, (await store.FindNearestAsync(Space, embeddings[0].Value, 1_000, cancellationToken: Cancellation)).Count);
    }

    [Fact]
    public async Task FindNearest_vectors_without_a_direction_are_similar_to_nothing()
    {
        var store = new SqlEmbeddingStore(pgVector.Database);
        await store.PutAsync(Space, [new(Sha256("zeros"), [0, 0]), new(Sha256("a"), [1, 1])], Cancellation);

        Assert.Equal(Sha256("a"), (await store.FindNearestAsync(Space, new float[] { 1, 0 }, 2, cancellationToken: Cancellation))[0].Sha256);
        Assert.All(
            await store.FindNearestAsync(Space, new float[] { 0, 0 }, 2, cancellationToken: Cancellation), neighbour => Assert.Equal(0, neighbour.Similarity));
    }

    [Fact]
    public async Task Put_more_values_than_can_be_indexed_is_searched_without()
    {
        var store = new SqlEmbeddingStore(pgVector.Database);
        await pgVector.Database.EnsureSchemaAsync(Cancellation);
        var vector = Enumerable.Range(1, pgVector.Database.Vectors!.MaxDimensions + 1).Select(value => (float)value).ToArray();
        await store.PutAsync(Space, [new(Sha256("long"), vector)], Cancellation);

        Assert.Equal(Sha256("long"), Assert.Single(await store.FindNearestAsync(Space, vector, 2, cancellationToken: Cancellation)).Sha256);
        Assert.Empty(await pgVector.QueryAsync("SELECT tablename FROM pg_tables WHERE tablename LIKE 'nearest%'"));
    }

    [Fact]
    public async Task Directions_are_kept_in_half_precision_and_up_to_4000_values()
    {
        var store = new SqlEmbeddingStore(pgVector.Database);
        var random = new Random(1);
        var embeddings = Enumerable.Range(0, 200)
            .Select(number => KeyValuePair.Create(Sha256($"{number}"), Enumerable.Range(0, 3_000).Select(_ => (float)Normal(random)).ToArray()))
            .ToList();
        await store.PutAsync(Space, embeddings, Cancellation);

        var (sha256, vector) = embeddings[123];
        var nearest = await store.FindNearestAsync(Space, vector, 3, cancellationToken: Cancellation);
        Assert.Equal(sha256, nearest[0].Sha256);
        Assert.Equal(1, nearest[0].Similarity, 1e-6f);
        Assert.Equal(["halfvec(3000)"], await pgVector.QueryAsync(TypeSql));
        var index = Assert.Single(await pgVector.QueryAsync("SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'ix_nearest_3000_%'"));
        Assert.Contains("hnsw (direction halfvec_cosine_ops)", index, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Table_that_was_made_in_full_precision_is_used_and_added_to()
    {
        var embeddings = Clustered(1_500, seed: 1);
        var index = new VectorIndex(new PgVectorDialect(hasHalfPrecision: false), Space, Dimensions);
        await pgVector.Database.WriteIdempotentAsync(index.MakeAsync, Cancellation);
        var store = new SqlEmbeddingStore(pgVector.Database);
        foreach (var batch in embeddings.Chunk(500))
        {
            await store.PutAsync(Space, batch, Cancellation);
        }

        var (sha256, vector) = embeddings[1_234];
        Assert.Equal(sha256, (await store.FindNearestAsync(Space, vector, 5, cancellationToken: Cancellation))[0].Sha256);
        Assert.Equal(["vector(48)"], await pgVector.QueryAsync(TypeSql));
        Assert.Contains("Index Scan using ix_nearest_48_", await ExplainAsync(vector, 5), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_that_knows_no_half_precision_adds_to_a_table_that_has_it_and_searches_it()
    {
        var embeddings = Clustered(1_500, seed: 1);
        await KeepWithoutIndexAsync(embeddings);
        Assert.Equal(1, await new SqlEmbeddingStore(pgVector.Database).PrepareIndexesAsync(Cancellation));
        var older = new VectorIndex(new PgVectorDialect(hasHalfPrecision: false), Space, Dimensions);
        var added = Clustered(1, seed: 3)[0];
        await KeepWithoutIndexAsync([added]);

        var found = await pgVector.Database.WriteIdempotentAsync(
            async session =>
            {
                Assert.False(await older.MakeAsync(session));
                await older.InsertAsync(session, [added]);
                return await older.ReadAsync(session, added.Value, 1).ToListAsync(Cancellation);
            },
            Cancellation);

        Assert.Equal(added.Key, Assert.Single(found).Sha256);
        Assert.Equal(["halfvec(48)"], await pgVector.QueryAsync(TypeSql));
    }

    [Fact]
    public async Task Index_that_was_dropped_is_left_to_whoever_dropped_it()
    {
        var embeddings = Clustered(300, seed: 1);
        await new SqlEmbeddingStore(pgVector.Database).PutAsync(Space, embeddings.Take(200).ToList(), Cancellation);
        var name = Assert.Single(await pgVector.QueryAsync("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'ix_nearest%'"));
        await pgVector.ExecuteAsync($"DROP INDEX {name}");

        var next = new SqlEmbeddingStore(pgVector.Database);
        await next.PutAsync(Space, embeddings.Skip(200).ToList(), Cancellation);

        Assert.Equal(embeddings[250].Key, (await next.FindNearestAsync(Space, embeddings[250].Value, 1, cancellationToken: Cancellation))[0].Sha256);
        Assert.Empty(await pgVector.QueryAsync("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'ix_nearest%'"));

        // As docs/scale.md builds it anew.
        await pgVector.ExecuteAsync($"CREATE INDEX CONCURRENTLY {name} ON {name["ix_".Length..]} USING hnsw (direction halfvec_cosine_ops)");
        Assert.Equal(embeddings[250].Key, (await next.FindNearestAsync(Space, embeddings[250].Value, 1, cancellationToken: Cancellation))[0].Sha256);
    }

    private static string Sha256(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Vectors about some centres, as photos are about what they show.</summary>
    private static List<KeyValuePair<string, float[]>> Clustered(int count, int seed)
    {
        const int clusters = 50;
        var centres = Gaussian(new Random(0), clusters, 1);
        var noise = Gaussian(new Random(seed), count, 0.6f);
        return [.. noise.Select((vector, i) =>
        {
            TensorPrimitives.Add(vector, centres[i % clusters], vector);
            return KeyValuePair.Create(Sha256($"{seed}-{i}"), vector);
        })];
    }

    private static List<float[]> Gaussian(Random random, int count, float deviation) => [.. Enumerable.Range(0, count).Select(_ =>
        Enumerable.Range(0, Dimensions).Select(_ => deviation * (float)Normal(random)).ToArray())];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Keeps embeddings as a process does that knows of no index.</summary>
    private async Task KeepWithoutIndexAsync(IEnumerable<KeyValuePair<string, float[]>> embeddings)
    {
        foreach (var batch in embeddings.Chunk(100))
        {
            var rows = new SqlRows();
            foreach (var (sha256, vector) in batch)
            {
                rows.Add(Space.BackboneId, Space.PreprocessingId, sha256, vector.Length, VectorBytes.Write(vector));
            }

            await pgVector.Database.ReadAsync(
                session => session.ExecuteAsync(
                    $"INSERT INTO embeddings (backbone_id, preprocessing_id, sha256, dimensions, vector) VALUES {rows}", rows.Parameters),
                Cancellation);
        }
    }

    private async Task<string> ExplainAsync(float[] vector, int count)
    {
        var table = Assert.Single(await pgVector.QueryAsync("SELECT tablename FROM pg_tables WHERE tablename LIKE 'nearest%'"));
        var lines = await pgVector.Database.ReadAsync(
            session => session.QueryAsync(
                $"EXPLAIN SELECT sha256 FROM {table} ORDER BY direction <=> @vector::vector LIMIT @count",
                [("vector", vector), ("count", count)],
                static (DbDataReader row) => row.GetFieldValue<string>(0)),
            Cancellation);
        return string.Join('\n', lines);
    }
}

/// <summary>The tests that share the server.</summary>
[CollectionDefinition(PgVectorTests.Name)]
public sealed class PgVectorShared : ICollectionFixture<PgVectorFixture>;
