using DandelionMl.Embeddings;
using DandelionMl.Tests.Embeddings;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresBoundedSearchTests : BoundedSearchSuite
{
    private readonly PostgresTestDatabase _database;

    public PostgresBoundedSearchTests(PostgresFixture postgres)
        : this(new PostgresTestDatabase(postgres))
    {
    }

    private PostgresBoundedSearchTests(PostgresTestDatabase database)
        : base(database) => _database = database;

    [Fact]
    public async Task What_is_kept_before_a_search_and_committed_after_it_is_seen_by_the_next()
    {
        var embeddings = Draw(30, 8, seed: 7);
        var here = Open();
        await here.PutAsync(Space, embeddings[..10], Token);
        await here.FindNearestAsync(Space, embeddings[0].Value, 1, cancellationToken: Token);
        var other = _database.Open();
        await other.WriteAsync(
            async session =>
            {
                var number = await session.ScalarAsync<long>(other.TransactionNumberSql);
                await EmbeddingRows.InsertAsync(session, Space, embeddings[10..20], number);
                await here.PutAsync(Space, embeddings[20..], Token);
                return (await here.FindNearestAsync(Space, embeddings[25].Value, 1, cancellationToken: Token)).Count;
            },
            Token);

        Assert.Equal(Compare(embeddings, embeddings[15].Value, 3, -1), await here.FindNearestAsync(Space, embeddings[15].Value, 3, cancellationToken: Token));
    }
}
