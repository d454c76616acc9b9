using DandelionMl.Data;
using DandelionMl.Data.Migrations;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Data;

/// <summary>This program on a database that a newer one has upgraded, as after a rollback.</summary>
public abstract class NewerSchemaSuite(TestDatabase database) : IAsyncLifetime
{
    private static readonly long Next = MigrationList.Latest + 1;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Schema_that_only_adds_is_worked_on_before_and_after_it_came()
    {
        var running = database.Open();
        await running.EnsureSchemaAsync(Token);
        await UpgradeAsync(new Later(Next, isReadableByOlder: true), new Later(Next + 1, isReadableByOlder: true));

        var started = database.Open();
        Assert.Equal(new SchemaUpgrade(Next + 1, Next + 1), await started.UpgradeAsync(Token));
        await new SettingStore(started).SetAsync("one", "a", Token);
        await new SettingStore(running).SetAsync("two", "b", Token);
        Assert.Equal(("a", "b"), (await new SettingStore(running).GetAsync("one", Token), await new SettingStore(started).GetAsync("two", Token)));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Schema_that_changes_what_was_there_is_refused(bool isFirstReadable, bool isSecondReadable)
    {
        await UpgradeAsync(new Later(Next, isFirstReadable), new Later(Next + 1, isSecondReadable));

        var thrown = await Assert.ThrowsAsync<DatabaseException>(() => database.Open().EnsureSchemaAsync(Token));

        Assert.Equal(DatabaseFailure.TooNew, thrown.Failure);
    }

    private async Task UpgradeAsync(params Migration[] later)
    {
        DatabaseProvider? provider = null;
        database.Open(opened => provider = opened);
        await new SchemaMigrator(provider!, migrations: [.. MigrationList.All, .. later]).BringUpToDateAsync(Token);
    }

    private sealed class Later(long version, bool isReadableByOlder) : Migration(version, "A later step")
    {
        public override bool IsReadableByOlder => isReadableByOlder;

        public override string Sql(ColumnTypes types) => $"CREATE TABLE later_{Version} (id {types.Long});";
    }
}
