using DandelionMl.Catalog;
using DandelionMl.Photos;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog;

public abstract class ImageRelocatorSuite(TestDatabase database) : UploadSuite(database)
{
    private static readonly byte[] Red = [250, 10, 10];
    private static readonly byte[] Green = [10, 250, 10];

    /// <summary>Only a guard: work that waits for a transaction that waits for the test would never end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Copy_that_takes_long_holds_no_transaction()
    {
        var (copying, others) = (new TaskCompletionSource(), Open());
        var goOn = new TaskCompletionSource();
        var (red, green) = (await others.UploadAsync(Red), await others.UploadAsync(Green));
        var slow = Open(decorate: store => new CopyHook(store, before: async () =>
        {
            copying.TrySetResult();
            await goOn.Task;
        }));

        var deciding = slow.Desk.DecideAsync(new ReviewDecision(red, PhotoAction.Confirm), "anna", Token);
        await copying.Task.WaitAsync(Patience, Token);
        var other = await others.Desk.DecideAsync(new ReviewDecision(green, PhotoAction.Confirm), "ben", Token).WaitAsync(Patience, Token);
        var same = await others.Desk.DecideAsync(new ReviewDecision(red, PhotoAction.Undo), "ben", Token).WaitAsync(Patience, Token);
        goOn.SetResult();

        Assert.Equal((true, true, true), (other.IsAccepted, same.IsAccepted, (await deciding).IsAccepted));
        await AssertInPlaceAsync(others, red, ImageState.Pending);
        await AssertInPlaceAsync(others, green, ImageState.Validated);
        Assert.Equal(2, (await others.KeysAsync()).Count);
    }

    [Fact]
    public async Task Copy_that_another_move_deletes_late_is_made_again()
    {
        var others = Open();
        var id = await others.UploadAsync(Red);
        var copies = 0;
        var stores = Open(decorate: store => new CopyHook(store, after: async key =>
        {
            if (copies++ == 0)
            {
                Assert.True(await others.Store.DeleteAsync(key, Token));
            }
        }));

        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);

        Assert.Equal(2, copies);
        await AssertInPlaceAsync(others, id, ImageState.Validated);
        Assert.Single(await others.KeysAsync());
    }

    [Fact]
    public async Task Photo_that_is_moved_while_it_is_copied_ends_where_the_last_decision_wants_it()
    {
        var others = Open();
        var id = await others.UploadAsync(Red);
        var isFirst = true;
        var stores = Open(decorate: store => new CopyHook(store, before: async () =>
        {
            if (isFirst)
            {
                isFirst = false;
                await others.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Undo), "ben", Token);
                await others.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Unusable), "ben", Token);
            }
        }));

        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);

        await AssertInPlaceAsync(others, id, ImageState.Rejected);
        Assert.Single(await others.KeysAsync());
    }

    [Fact]
    public async Task Object_that_is_gone_is_said_so_and_the_row_stays()
    {
        var stores = Open(decorate: store => new CopyHook(store, before: () => throw new StorageUnavailableException("not now")));
        var id = await stores.UploadAsync(Red);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);
        var others = Open();
        var before = await others.Catalog.FindAsync(id, Token);
        await others.Store.DeleteAsync(before!.Content!.Key, Token);

        await Assert.ThrowsAsync<ObjectNotFoundException>(() => others.Relocator.RelocateAsync(id, Token));

        Assert.Equal(before, await others.Catalog.FindAsync(id, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Move_that_is_cut_off_anywhere_is_mended_by_the_reconciler(bool isCarriedOut)
    {
        for (var step = 0; ; step++)
        {
            byte[] photo = [250, (byte)(100 * step), (byte)(isCarriedOut ? 200 : 10)];
            var (crash, others) = (new CrashSwitch(step, isCarriedOut), Open());
            var id = await others.UploadAsync(photo, embedding: [1, step, isCarriedOut ? -1 : 1]);
            try
            {
                await Open(decorate: store => new CrashingStore(store, crash))
                    .Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);
            }
            catch (SimulatedCrashException)
            {
            }

            var cutOff = (await others.Catalog.FindAsync(id, Token))!;
            Assert.True(await others.Store.ExistsAsync(cutOff.Content!.Key, Token));
            await others.Reconciler.ReconcileAsync(false, DateTimeOffset.MaxValue, false, Token);

            await AssertInPlaceAsync(others, id, ImageState.Validated);
            Assert.Single(await others.KeysAsync(), key => key.Contains(ContentHash.Of(photo), StringComparison.Ordinal));
            if (crash.Steps <= step)
            {
                Assert.InRange(step, 2, 10);
                return;
            }
        }
    }

    private static async Task AssertInPlaceAsync(UploadStores stores, long id, ImageState state)
    {
        var image = (await stores.Catalog.FindAsync(id, Token))!;
        Assert.Equal((state, ImageRelocator.Destination(image)), (image.State, image.Content!.Key));
        await stores.Store.ReadVerifiedAsync(image.Content.Key, image.Content.Sha256, Token);
    }

    /// <summary>Lets something happen before, or after, each copy.</summary>
    private sealed class CopyHook(IImageStore inner, Func<Task>? before = null, Func<string, Task>? after = null) : StoreDecorator(inner)
    {
        public override async Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default)
        {
            await (before?.Invoke() ?? Task.CompletedTask);
            await base.CopyAsync(sourceKey, destinationKey, cancellationToken);
            await (after?.Invoke(destinationKey) ?? Task.CompletedTask);
        }
    }
}
