using DandelionMl.Catalog;
using DandelionMl.Photos;
using DandelionMl.Tests.Support;
using Microsoft.Data.Sqlite;

namespace DandelionMl.Tests.Photos;

public sealed class PhotoEraserTests() : PhotoEraserSuite(new SqliteFile())
{
    /// <summary>Each statement of an erasure fails once, as where the process or the disk gives up in the middle.</summary>
    [Theory]
    [InlineData("INSERT ON erasures")]
    [InlineData("UPDATE ON plants_data")]
    [InlineData("UPDATE ON uploads")]
    [InlineData("DELETE ON review_events")]
    [InlineData("INSERT ON curation_events")]
    [InlineData("DELETE ON embeddings")]
    [InlineData("DELETE ON erasures")]
    public async Task EraseAsync_cut_off_at_any_statement_and_run_again_ends_erased(string statement)
    {
        var stores = Open();
        var id = await BringAsync(stores, ImageState.Validated);
        var before = await stores.Catalog.FindAsync(id, Token);
        await ExecuteAsync(stores, $"CREATE TRIGGER cut_off BEFORE {statement} BEGIN SELECT RAISE(ABORT, 'cut off'); END");
        await Assert.ThrowsAsync<SqliteException>(() => stores.Eraser.EraseAsync(id, "anna", "asked by mail", Token));

        // All or nothing: the photo as it was, or erased with what is left to delete on record.
        var isCommitted = statement is "DELETE ON embeddings" or "DELETE ON erasures";
        var between = await stores.Catalog.FindAsync(id, Token);
        Assert.Equal(isCommitted ? ImageState.Erased : before!.State, between!.State);
        Assert.Equal(isCommitted ? 1 : 0, (await stores.Eraser.ListUnfinishedAsync(Token)).Count);

        await ExecuteAsync(stores, "DROP TRIGGER cut_off");
        await stores.Eraser.EraseAsync(id, "anna", "asked by mail", Token);

        var after = (await stores.Catalog.FindAsync(id, Token))!;
        Assert.Equal((ImageState.Erased, null), (after.State, after.Content));
        Assert.Empty(await stores.KeysAsync(""));
        Assert.Equal(0, await stores.Embeddings.CountAsync(UploadStores.Predict(Red).Backbone!.Space, Token));
        Assert.Empty(await stores.Eraser.ListUnfinishedAsync(Token));
        var history = await stores.Search.ListHistoryAsync(id, Token);
        Assert.Equal([PhotoAction.Add, PhotoAction.Erase], history.Select(item => item.Action));
        Assert.Equal(("anna", "asked by mail"), (history[^1].Actor, history[^1].Reason));
    }

    private static Task<int> ExecuteAsync(UploadStores stores, string sql) =>
        stores.Database.WriteAsync(session => session.ExecuteAsync(sql, []), Token);
}
