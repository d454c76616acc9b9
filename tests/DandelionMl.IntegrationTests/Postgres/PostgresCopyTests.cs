using DandelionMl.Data;

namespace DandelionMl.IntegrationTests.Postgres;

/// <summary>Many rows at once.</summary>
public sealed class PostgresCopyTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string[] Columns = ["id", "text", "number", "truth", "at", "bytes", "share"];

    private PostgresDatabase _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await _database.Open().WriteAsync(
            session => session.ExecuteAsync(
                """
                CREATE TABLE many (
                    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text varchar(20), number integer, truth boolean,
                    at timestamp with time zone, bytes bytea, share double precision)
                """),
            Token);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(BulkInsert.FewestRows - 1)]
    [InlineData(BulkInsert.FewestRows)]
    [InlineData(1_000)]
    public async Task Rows_of_all_types_read_back_and_those_that_are_there_stay(int count)
    {
        var database = _database.Open();
        var at = new DateTimeOffset(2030, 3, 6, 12, 0, 0, TimeSpan.Zero);
        object?[] Row(int id, string text) => id % 7 == 3
            ? [(long)id, null, null, null, null, null, null]
            : [(long)id, text, id, id % 2 == 0, at.AddSeconds(id), new byte[] { 1, 0, (byte)id }, id / 3.0];

        var first = await database.WriteAsync(session => session.InsertNewAsync("many", Columns, [.. Enumerable.Range(1, count).Select(id => Row(id, $"nul \0 {id}"))], database.NumbersGiven), Token);
        var second = await database.WriteAsync(session => session.InsertNewAsync("many", Columns, [.. Enumerable.Range(1, count + 10).Select(id => Row(id, "later"))], database.NumbersGiven), Token);

        Assert.Equal((count, 10), (first, second));
        var rows = await database.ReadAsync(
            session => session.QueryAsync("SELECT * FROM many ORDER BY id", null, row => (Id: row.GetInt64(0), Text: row.IsDBNull(1) ? null : row.GetString(1), Share: row.IsDBNull(6) ? 0 : row.GetDouble(6))),
            Token);
        Assert.Equal(Enumerable.Range(1, count + 10).Select(id => (long)id), rows.Select(row => row.Id));
        Assert.All(rows.Take(count), row => Assert.Equal(row.Id % 7 == 3 ? null : $"nul \uFFFD {row.Id}", row.Text));
        Assert.All(rows.Skip(count), row => Assert.True(row.Text is null or "later"));
        Assert.Equal(2 / 3.0, rows[1].Share);
    }

    [Fact]
    public async Task Several_tables_are_filled_in_one_transaction_and_none_of_it_stays_where_it_fails()
    {
        var database = _database.Open();
        object?[][] rows = [.. Enumerable.Range(1, 100).Select(id => new object?[] { (long)id, "text", id, true, DateTimeOffset.UnixEpoch, new byte[1], 1.0 })];

        await Assert.ThrowsAnyAsync<Exception>(() => database.WriteAsync(
            async session =>
            {
                await session.InsertNewAsync("settings", ["key", "value"], [.. Enumerable.Range(1, 100).Select(i => new object?[] { $"key {i}", "value" })]);
                await session.InsertNewAsync("many", Columns, rows, database.NumbersGiven);
                return await session.InsertNewAsync("many", Columns, [.. rows.Select(row => (object?[])[.. row[..1], new string('x', 21), .. row[2..]])], database.NumbersGiven);
            },
            Token));

        Assert.Equal(0, await database.ReadAsync(session => session.ScalarAsync<long>("SELECT (SELECT COUNT(*) FROM many) + (SELECT COUNT(*) FROM settings)"), Token));
    }
}
