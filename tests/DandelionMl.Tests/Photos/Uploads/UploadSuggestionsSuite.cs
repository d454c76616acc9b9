using DandelionMl.Catalog;
using DandelionMl.Labels;
using DandelionMl.Photos;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Photos;

public abstract class UploadSuggestionsSuite(TestDatabase database) : UploadSuite(database)
{
    private static readonly byte[] Red = [250, 10, 10];

    [Fact]
    public async Task SuggestAsync_is_shown_to_the_reviewer_and_sets_no_label()
    {
        var stores = Open();
        var (id, receipt) = await SubmitAsync(stores);
        Assert.Null((await stores.Search.FindAsync(id, Token))!.Upload!.SuggestedLabel);

        Assert.True(await stores.Suggestions.SuggestAsync(receipt, "moss", Token));
        Assert.True(await stores.Suggestions.SuggestAsync(receipt.ToLowerInvariant(), "grass", Token));

        var photo = Assert.Single(await stores.Desk.TakeAsync("anna", cancellationToken: Token));
        Assert.Equal(("grass", "dandelion", "dandelion"), (photo.Upload!.SuggestedLabel, photo.Upload.PredictedLabel, photo.Image.Label));
        Assert.Equal(ImageState.Pending, photo.Image.State);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);
        Assert.Equal("dandelion", (await stores.Search.FindAsync(id, Token))!.Image.Label);
    }

    [Fact]
    public async Task SuggestAsync_photo_that_is_decided_or_erased_keeps_what_was_said_before()
    {
        var stores = Open();
        var (id, receipt) = await SubmitAsync(stores);
        await stores.Suggestions.SuggestAsync(receipt, "grass", Token);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);

        Assert.False(await stores.Suggestions.SuggestAsync(receipt, "moss", Token));
        Assert.Equal("grass", (await stores.Search.FindAsync(id, Token))!.Upload!.SuggestedLabel);

        await stores.Eraser.EraseAsync(receipt, Token);
        Assert.False(await stores.Suggestions.SuggestAsync(receipt, "moss", Token));
        Assert.Null((await stores.Search.FindAsync(id, Token))!.Upload!.SuggestedLabel);
    }

    [Fact]
    public async Task SuggestAsync_receipt_of_no_photo_and_what_is_no_receipt_or_label()
    {
        var stores = Open();
        var (_, receipt) = await SubmitAsync(stores);

        Assert.False(await stores.Suggestions.SuggestAsync(UploadReceipt.New(), "grass", Token));
        await Assert.ThrowsAsync<ArgumentException>(() => stores.Suggestions.SuggestAsync(receipt[1..], "grass", Token));
        await Assert.ThrowsAsync<InvalidLabelException>(() => stores.Suggestions.SuggestAsync(receipt, " ", Token));
    }

    private static async Task<(long Id, string Receipt)> SubmitAsync(UploadStores stores)
    {
        var submission = await stores.Intake.SubmitAsync(Red, UploadStores.Predict(Red), cancellationToken: Token);
        return (submission.ImageId, submission.Receipt!);
    }
}
