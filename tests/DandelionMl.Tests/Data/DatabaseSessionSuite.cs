using System.Data.Common;
using DandelionMl.Data;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Data;

/// <summary>Statements with parameters, on every kind of database.</summary>
public abstract class DatabaseSessionSuite(TestDatabase database) : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 3, 7, 12, 30, 15, 678, 901, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        await WriteAsync(session => session.ExecuteAsync(
            """
            CREATE TABLE kinds (id bigint PRIMARY KEY, name varchar(50), number integer, share double precision, flag boolean,
                at timestamp with time zone, bytes bytea)
            """));
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return database.DisposeAsync();
    }

    [Fact]
    public async Task Values_come_back_as_they_were_given()
    {
        var given = new Kinds(5_000_000_000, "Löwen'zahn; --", 7, 0.1, true, At, [0, 1, 255]);
        await InsertAsync(given);

        var kept = Assert.Single(await ReadAsync("WHERE at = @at AND name = @name AND flag = @flag", [
            ("at", At), ("name", given.Name), ("flag", true)]));
        Assert.Equivalent(given, kept, strict: true);
    }

    [Fact]
    public async Task Null_is_kept_as_null()
    {
        await InsertAsync(new Kinds(1, null, null, null, null, null, null));

        Assert.Equal(new Kinds(1, null, null, null, null, null, null), Assert.Single(await ReadAsync("WHERE name IS NULL", [])));
        Assert.Null(await WriteAsync(session => session.ScalarAsync<int?>("SELECT number FROM kinds WHERE id = @id", [("id", 1L)])));
    }

    [Fact]
    public async Task Null_leaves_what_it_does_not_replace()
    {
        await InsertAsync(new Kinds(1, "before", 7, null, null, null, null));
        await WriteAsync(session => session.ExecuteAsync(
            "UPDATE kinds SET name = COALESCE(@name, name), at = COALESCE(at, @at) WHERE id = @id",
            [("id", 1L), ("name", null), ("at", At)]));

        Assert.Equal(new Kinds(1, "before", 7, null, null, At, null), Assert.Single(await ReadAsync("", [])));
    }

    [Fact]
    public async Task Parameters_that_a_statement_does_not_name_do_no_harm()
    {
        await InsertAsync(new Kinds(1, "a", null, null, null, null, null));

        Assert.Single(await ReadAsync("WHERE id = @id", [("id", 1L), ("unused", At), ("unusedToo", null)]));
    }

    [Fact]
    public async Task Rows_are_looked_up_by_many_values_beside_a_parameter()
    {
        for (var id = 1; id <= 5; id++)
        {
            await InsertAsync(new Kinds(id, $"name {id}", id, null, id % 2 == 0, null, null));
        }

        var rows = new SqlRows().With("flag", true);
        foreach (var name in (string[])["name 2", "name 3", "name 4", "name 9"])
        {
            rows.Add(name);
        }

        var found = await ReadAsync($"WHERE name IN (VALUES {rows}) AND flag = @flag ORDER BY id", rows.Parameters);
        Assert.Equal([2, 4], found.Select(kinds => kinds.Id));
    }

    [Fact]
    public async Task Execute_gives_the_number_of_rows()
    {
        await InsertAsync(new Kinds(1, "a", null, null, null, null, null));
        await InsertAsync(new Kinds(2, "a", null, null, null, null, null));

        Assert.Equal(2, await WriteAsync(session => session.ExecuteAsync("UPDATE kinds SET number = 1 WHERE name = @name", [("name", "a")])));
        Assert.Equal(0, await WriteAsync(session => session.ExecuteAsync("DELETE FROM kinds WHERE name = @name", [("name", "b")])));
    }

    [Fact]
    public async Task Stream_that_is_left_early_lets_the_session_go_on()
    {
        await InsertAsync(new Kinds(1, "a", null, null, null, null, null));
        await InsertAsync(new Kinds(2, "b", null, null, null, null, null));

        var names = await WriteAsync(async session => (
            await session.FirstOrDefaultAsync("SELECT name FROM kinds ORDER BY id", [], row => row.GetFieldValue<string>(0)),
            await session.ScalarAsync<string>("SELECT name FROM kinds ORDER BY id DESC")));

        Assert.Equal(("a", "b"), names);
    }

    private Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work) => database.Open().WriteAsync(work, Cancellation);

    private Task<int> InsertAsync(Kinds kinds) => WriteAsync(session => session.ExecuteAsync(
        "INSERT INTO kinds (id, name, number, share, flag, at, bytes) VALUES (@id, @name, @number, @share, @flag, @at, @bytes)",
        [
            ("id", kinds.Id), ("name", kinds.Name), ("number", kinds.Number), ("share", kinds.Share), ("flag", kinds.Flag),
            ("at", kinds.At), ("bytes", kinds.Bytes),
        ]));

    private Task<List<Kinds>> ReadAsync(string rest, SqlParameters parameters) => WriteAsync(session => session.QueryAsync(
        $"SELECT id, name, number, share, flag, at, bytes FROM kinds {rest}", parameters, Read));

    private static Kinds Read(DbDataReader row) => new(
        row.GetFieldValue<long>(0),
        row.IsDBNull(1) ? null : row.GetFieldValue<string>(1),
        row.IsDBNull(2) ? null : row.GetFieldValue<int>(2),
        row.IsDBNull(3) ? null : row.GetFieldValue<double>(3),
        row.IsDBNull(4) ? null : row.GetFieldValue<bool>(4),
        row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<byte[]>(6));

    private sealed record Kinds(
        long Id, string? Name, int? Number, double? Share, bool? Flag, DateTimeOffset? At, byte[]? Bytes);
}
