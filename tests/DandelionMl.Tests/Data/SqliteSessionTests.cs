using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Data;

public sealed class SqliteSessionTests() : DatabaseSessionSuite(new SqliteFile())
{
    // PostgreSQL takes an @ without a parameter for its operator of absolute values, so a name that is misspelt shows here.
    [Fact]
    public async Task Parameter_that_is_missing_fails()
    {
        await using var file = new SqliteFile();

        await Assert.ThrowsAsync<InvalidOperationException>(() => file.Open().ReadAsync(
            session => session.ScalarAsync<string>("SELECT value FROM settings WHERE key = @key", [("keys", "a")]),
            TestContext.Current.CancellationToken));
    }
}
