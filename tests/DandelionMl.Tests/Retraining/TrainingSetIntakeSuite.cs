using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DandelionMl.Catalog;
using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Tests.Imaging.Pictures;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Retraining;

public abstract class TrainingSetIntakeSuite(TestDatabase database) : UploadSuite(database)
{
    private static readonly float[] Sideways = [0, 1, 0];
    private static readonly SkiaImageDecoder Decoder = new(new ImageLimits());

    [Fact]
    public async Task CountNewAsync_counts_validated_photos_by_label()
    {
        var stores = Open();
        var ids = await stores.UploadSeveralAsync(4);
        await stores.Desk.DecideAsync(
            [
                new ReviewDecision(ids[0], PhotoAction.Confirm),
                new ReviewDecision(ids[1], PhotoAction.Correct, "grass"),
                new ReviewDecision(ids[2], PhotoAction.Unusable),
            ],
            "anna",
            Token);

        Assert.Equal(
            new Dictionary<string, int> { ["dandelion"] = 1, ["grass"] = 1 }, await stores.Validated.CountNewAsync(Token));
    }

    [Fact]
    public async Task ClaimAsync_puts_each_photo_into_exactly_one_watermark()
    {
        var stores = Open();
        var ids = await ValidateAsync(stores, 5);
        var first = await stores.Validated.ClaimAsync("run 1", Token);

        // Validated while the training runs.
        var late = await stores.UploadAsync([1, 2, 250]);
        await stores.Desk.DecideAsync(new ReviewDecision(late, PhotoAction.Confirm), "anna", Token);
        Assert.Equal(first, await stores.Validated.ClaimAsync("run 1", Token));
        Assert.Equal(new Dictionary<string, int> { ["dandelion"] = 1 }, await stores.Validated.CountNewAsync(Token));

        var second = await Open().Validated.ClaimAsync("run 2", Token);
        Assert.Equal((5, 1), (first.Photos, second.Photos));
        Assert.Equal(
            ids.Select(_ => first.Id).Append(second.Id),
            (await AllAsync(stores)).OrderBy(photo => photo.Image.Id).Select(photo => photo.Upload!.Watermark!.Value));
    }

    [Fact]
    public async Task ClaimAsync_of_two_at_once_gives_each_photo_to_one()
    {
        UploadStores[] processes = [Open(), Open()];
        await ValidateAsync(processes[0], 12);

        var claims = await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Task.Run(
            () => processes[number % 2].Validated.ClaimAsync($"run {number}", Token))));

        Assert.Equal(12, claims.Sum(claim => claim.Photos));
    }

    [Fact]
    public async Task MoveAsync_puts_claimed_photos_under_their_label_and_leaves_the_others()
    {
        var stores = Open();
        var ids = await ValidateAsync(stores, 3);
        await stores.Validated.ClaimAsync("run 1", Token);
        var late = await stores.UploadAsync([1, 2, 250]);
        await stores.Desk.DecideAsync(new ReviewDecision(late, PhotoAction.Correct, "grass"), "anna", Token);

        var report = await stores.TrainingSet.MoveAsync(Token);

        Assert.Equivalent(new TrainingSetIntakeReport(3, 0, []), report, strict: true);
        var stored = await stores.Catalog.ListAsync(ImageState.Stored, Token).ToListAsync(Token);
        Assert.Equal(ids, stored.Select(image => image.Id));
        Assert.All(stored, image => Assert.Equal($"raw/dandelion/{image.Content!.Sha256}.png", image.Content.Key));
        Assert.Equal(ImageState.Validated, (await stores.Search.FindAsync(late, Token))!.Image.State);
        Assert.Equal((3, 1), ((await stores.KeysAsync("raw/dandelion/")).Count, (await stores.KeysAsync(StorageKeys.CorrectedPrefix)).Count));
        Assert.Equivalent(new TrainingSetIntakeReport(0, 0, []), await stores.TrainingSet.MoveAsync(Token), strict: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MoveAsync_large_photo_joins_scaled_down(bool keepOriginals)
    {
        var stores = Open(new ReviewOptions { MaxSide = 100, KeepOriginals = keepOriginals }, Decoder);
        var photo = ImageEncoder.ToPng(SyntheticPhoto.Create(300, 150, seed: 1));
        var id = await stores.UploadAsync(photo, embedding: Sideways);
        await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);
        await stores.Validated.ClaimAsync("run 1", Token);

        var report = await stores.TrainingSet.MoveAsync(Token);

        Assert.Equal((1, 1), (report.Moved, report.Scaled));
        var image = (await stores.Search.FindAsync(id, Token))!.Image;
        var bytes = await stores.Store.ReadVerifiedAsync(image.Content!.Key, image.Content.Sha256, Token);
        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, 100, 50, 1), Decoder.ReadHeader(bytes));
        Assert.Equal((ImageState.Stored, bytes.LongLength), (image.State, image.Content.Size));
        string[] original = keepOriginals ? [StorageKeys.Original(ContentHash.Of(photo), ImageFormat.Png)] : [];
        Assert.Equal(
            [StorageKeys.Raw("dandelion", image.Content.Sha256, ImageFormat.Jpeg), .. original], await stores.KeysAsync());

        // The photo as it was sent is known still, and the reconciler takes nothing of it for left behind.
        var again = await stores.Intake.SubmitAsync(photo, UploadStores.Predict(photo, embedding: [1, 0, 0]), cancellationToken: Token);
        Assert.Equal((false, id), (again.IsNew, again.ImageId));
        var reconciliation = await stores.Reconciler.ReconcileAsync(false, DateTimeOffset.MaxValue, false, Token);
        Assert.Equal((0, 0, 0), (reconciliation.Orphans.Count, reconciliation.LostImages.Count, reconciliation.Misplaced.Count));
    }

    [Fact]
    public async Task MoveAsync_two_photos_that_are_one_when_small_are_one()
    {
        var stores = Open(new ReviewOptions { MaxSide = 64 }, Decoder);
        byte[][] photos = [Grey(128), Grey(256)];
        float[][] embeddings = [[1, 0, 0], [0, 1, 0]];
        foreach (var (photo, embedding) in photos.Zip(embeddings))
        {
            var id = await stores.UploadAsync(photo, embedding: embedding);
            await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);
        }

        await stores.Validated.ClaimAsync("run 1", Token);
        await stores.TrainingSet.MoveAsync(Token);

        Assert.Single(await stores.Catalog.ListAsync(ImageState.Stored, Token).ToListAsync(Token));
        Assert.Single(await stores.Catalog.ListAsync(ImageState.Duplicate, Token).ToListAsync(Token));
        Assert.Single(await stores.KeysAsync("raw/dandelion/"));
    }

    [Fact]
    public async Task MoveAsync_photo_whose_object_is_gone_is_reported_and_the_rest_go_on()
    {
        var stores = Open();
        var ids = await ValidateAsync(stores, 3);
        await stores.Validated.ClaimAsync("run 1", Token);
        var lost = (await stores.Search.FindAsync(ids[1], Token))!.Image.Content!.Key;
        await stores.Store.DeleteAsync(lost, Token);

        var report = await stores.TrainingSet.MoveAsync(Token);

        Assert.Equal((2, ids[1]), (report.Moved, Assert.Single(report.Failures).ImageId));
        var reconciliation = await stores.Reconciler.ReconcileAsync(cancellationToken: Token);
        Assert.Equal((ids[1], ImageState.Validated), reconciliation.LostImages.Select(image => (image.Id, image.State)).Single());
        Assert.Equal(ImageState.Validated, (await stores.Search.FindAsync(ids[1], Token))!.Image.State);
    }

    [Fact]
    public async Task MoveAsync_cut_off_at_any_step_and_run_again_ends_like_an_undisturbed_run()
    {
        var undisturbed = new CrashSwitch(-1, false);
        var expected = await RunAsync(undisturbed, "undisturbed");
        Assert.InRange(undisturbed.Steps, 5, 100);
        for (var step = 0; step < undisturbed.Steps; step++)
        {
            foreach (var isCarriedOut in new[] { false, true })
            {
                Assert.Equal(expected, await RunAsync(new CrashSwitch(step, isCarriedOut), $"step {step} {isCarriedOut}"));
            }
        }
    }

    [Fact]
    public async Task DecideAsync_check_counts_from_the_watermark()
    {
        var stores = Open();
        await ValidateAsync(stores, 7);
        var saturday = new DateTimeOffset(2025, 3, 8, 0, 0, 0, TimeSpan.Zero);

        var early = await stores.Check.DecideAsync(nextCheck: saturday, cancellationToken: Token);
        Assert.Equal((false, "7 new photos, 10 needed", saturday), (early.ShouldRetrain, early.Reason, early.NextCheck));
        Assert.True((await stores.Check.DecideAsync(force: true, cancellationToken: Token)).ShouldRetrain);

        foreach (var blue in new byte[] { 100, 150, 250 })
        {
            var id = await stores.UploadAsync([0, (byte)(250 - blue), blue]);
            await stores.Desk.DecideAsync(new ReviewDecision(id, PhotoAction.Confirm), "anna", Token);
        }

        Assert.True((await stores.Check.DecideAsync(cancellationToken: Token)).ShouldRetrain);
        await stores.Validated.ClaimAsync("run 1", Token);
        Assert.Equal("0 new photos, 10 needed", (await stores.Check.DecideAsync(cancellationToken: Token)).Reason);
    }

    private static byte[] Grey(int side) => ImageEncoder.ToPng(new RgbImage(side, side, Enumerable.Repeat((byte)128, side * side * 3).ToArray()));

    private static async Task<List<long>> ValidateAsync(UploadStores stores, int count)
    {
        var ids = await stores.UploadSeveralAsync(count);
        await stores.Desk.DecideAsync([.. ids.Select(id => new ReviewDecision(id, PhotoAction.Confirm))], "anna", Token);
        return ids;
    }

    private static async Task<List<Photo>> AllAsync(UploadStores stores)
    {
        var photos = new List<Photo>();
        foreach (var state in Enum.GetValues<ImageState>())
        {
            photos.AddRange(await stores.Search.FindAsync(new PhotoFilter { State = state, IsUpload = true }, cancellationToken: Token));
        }

        return photos;
    }

    /// <summary>Validates two photos, one of them large, and moves them, by a process that ends at a step and one that goes on.</summary>
    /// <returns>Every row and object at the end.</returns>
    private async Task<string> RunAsync(CrashSwitch crash, string name)
    {
        // Each run has photos of its own, so that no run finds those of another.
        var options = new ReviewOptions { MaxSide = 64 };
        var seed = BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var stores = Open(options, Decoder);
        var before = await stores.KeysAsync();
        var (small, large) = (Picture(32, seed), Picture(128, seed));
        var random = new Random(seed);
        var ids = new List<long>
        {
            await stores.UploadAsync(small, embedding: Direction(random)),
            await stores.UploadAsync(large, "grass", embedding: Direction(random)),
        };
        await stores.Desk.DecideAsync([.. ids.Select(id => new ReviewDecision(id, PhotoAction.Confirm))], "anna", Token);
        await stores.Validated.ClaimAsync(name, Token);
        try
        {
            await Open(options, Decoder, store => new CrashingStore(store, crash)).TrainingSet.MoveAsync(Token);
        }
        catch (SimulatedCrashException)
        {
        }

        await Open(options, Decoder).TrainingSet.MoveAsync(Token);
        await stores.Reconciler.ReconcileAsync(false, DateTimeOffset.MaxValue, false, Token);
        var rows = new List<string>();
        foreach (var id in ids)
        {
            var photo = (await stores.Search.FindAsync(id, Token))!;
            var bytes = await stores.Store.ReadVerifiedAsync(photo.Image.Content!.Key, photo.Image.Content.Sha256, Token);
            var header = Decoder.ReadHeader(bytes);
            rows.Add($"{photo.Image.State} {photo.Image.Label} {header} {ImageRelocator.Destination(photo.Image) == photo.Image.Content.Key}");
        }

        var prefixes = (await stores.KeysAsync()).Except(before).Select(key => key[..key.LastIndexOf('/')]).Order(StringComparer.Ordinal);
        return string.Join('\n', rows.Concat(prefixes));
    }

    private static byte[] Picture(int side, int seed) => ImageEncoder.ToPng(SyntheticPhoto.Create(side, side, seed));

    private static float[] Direction(Random random) => [.. Enumerable.Range(0, 64).Select(_ => (float)(random.NextDouble() - 0.5))];
}
