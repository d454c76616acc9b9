using DandelionMl.Catalog;
using DandelionMl.Photos;
using DandelionMl.Pipelines;
using DandelionMl.Storage;
using DandelionMl.Tests.LearningLoop;
using DandelionMl.Tests.Support;
using DandelionMl.Transfer;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Transfer;

/// <summary>An installation on a SQLite file and a folder, moved to another database and another store.</summary>
public abstract class InstallationTransferSuite(TestDatabase target) : IAsyncLifetime
{
    private readonly SqliteFile _source = new();
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 3, 6, 12, 0, 0, TimeSpan.Zero));
    private readonly VectorPhotos _photos = new(seed: 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FolderImageStore SourceStore => Store("source");

    private FolderImageStore TargetStore => Store("target");

    public async ValueTask InitializeAsync()
    {
        await _source.InitializeAsync();
        await target.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _source.DisposeAsync();
        await target.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Moved_installation_predicts_the_same_and_goes_on()
    {
        var (photo, waiting) = await FillAsync();
        await using var before = new LoopProcess(_source.Open(), SourceStore, _time);
        var expected = await before.Classifier.ClassifyAsync(photo, Token);

        var report = await RunAsync(progress: null);

        Assert.Equal(report.Tables.Sum(table => table.Rows), report.Rows);
        Assert.Equal(42, report.Tables.Single(table => table.Table == "plants_data").Rows);
        Assert.Equal(40 + 2 + 1 + 1, report.Objects); // Photos, uploads, a model, the store's id.
        await using var after = new LoopProcess(target.Open(), TargetStore, _time);
        var predicted = await after.Classifier.ClassifyAsync(photo, Token);
        Assert.Equal((expected.Label, expected.Probability, expected.ModelVersion), (predicted.Label, predicted.Probability, predicted.ModelVersion));
        Assert.Contains(waiting, (await after.Search.FindAsync(new PhotoFilter { State = ImageState.Pending }, cancellationToken: Token)).Select(found => found.Image.Id));
        var (key, address) = await target.Open().ReadAsync(
            session => session.FirstOrDefaultAsync(
                "SELECT storage_key, url_s3 FROM plants_data WHERE id = @id", [("id", waiting)], row => (row.GetString(0), row.GetString(1))),
            Token);
        Assert.Equal(TargetStore.GetUri(key).ToString(), address);

        // Numbers go on behind those that are there, and the loop does.
        var sent = await after.UploadAsync(_photos.Draw("grass"));
        Assert.Equal(43, sent.ImageId);
        await after.AddTrainingPhotosAsync(Enumerable.Range(0, 20).Select(_ => _photos.Draw()));
        var run = await after.Runs.StartAsync(PipelineIds.Train, "the operator", cancellationToken: Token);
        await after.WorkAsync();
        Assert.Equal(PipelineState.Succeeded, (await after.Runs.GetAsync(run.Id, Token)).State);
        Assert.Equal(2, (await after.Registry.ListAsync(Token)).Count);
    }

    [Fact]
    public async Task Transfer_that_is_cut_off_at_any_step_ends_like_an_undisturbed_one()
    {
        await FillAsync();
        var expected = 0L;
        for (var step = 1; ; step++)
        {
            try
            {
                var report = await RunAsync(CutOff.At(step));
                Assert.InRange(step, 30, 200);
                expected = report.Rows;
                break;
            }
            catch (CutOffException)
            {
                // As a kill would; the next goes on.
            }
        }

        Assert.InRange(expected, 100, 10_000);
        await Assert.ThrowsAsync<TransferException>(() => RunAsync(progress: null));
    }

    [Fact]
    public async Task Source_that_was_used_meanwhile_is_noticed_and_moved_anew()
    {
        await FillAsync();
        await Assert.ThrowsAsync<CutOffException>(() => RunAsync(new CutOff(progress => progress.What == "settings")));
        await _source.Open().WriteAsync(session => session.ExecuteAsync("UPDATE plants_data SET label = 'grass' WHERE id <= 20"), Token);

        var thrown = await Assert.ThrowsAsync<TransferException>(() => RunAsync(progress: null));
        Assert.Contains("'plants_data' has 42 rows here and 42 there, which differ", thrown.Message, StringComparison.Ordinal);

        Assert.InRange((await RunAsync(progress: null, isRestarted: true)).Rows, 100, 10_000);
    }

    [Fact]
    public async Task Database_of_another_installation_is_left_alone()
    {
        await FillAsync();
        await using (var other = new LoopProcess(target.Open(), TargetStore, _time))
        {
            await other.AddTrainingPhotosAsync([("grass", _photos.Draw("grass"))]);
        }

        var thrown = await Assert.ThrowsAsync<TransferException>(() => RunAsync(progress: null, isRestarted: true));

        Assert.Contains("holds another installation", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(1, await target.Open().ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM plants_data"), Token));
    }

    [Fact]
    public async Task Object_that_is_damaged_at_the_target_is_written_anew()
    {
        await FillAsync();
        await foreach (var item in SourceStore.ListAsync("raw/", Token))
        {
            using var damaged = new MemoryStream(new byte[item.Size]);
            await TargetStore.PutAsync(item.Key, damaged, Token);
            break;
        }

        await RunAsync(progress: null);

        await using var after = new LoopProcess(target.Open(), TargetStore, _time);
        var report = await after.Reconciler.ReconcileAsync(true, TimeSpan.FromHours(1), true, Token);
        Assert.Empty(report.DamagedImages);
        Assert.Empty(report.LostImages);
    }

    /// <summary>A model, photos that it was trained on, and photos that wait for review.</summary>
    /// <returns>A photo, and one that waits.</returns>
    private async Task<(byte[] Photo, long Waiting)> FillAsync()
    {
        await using var process = new LoopProcess(_source.Open(), SourceStore, _time);
        await process.AddTrainingPhotosAsync(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? "grass" : "dandelion", _photos.Draw(i % 2 == 0 ? "grass" : "dandelion"))));
        await process.Runs.StartAsync(PipelineIds.Train, "the operator", cancellationToken: Token);
        await process.WorkAsync();
        await process.UploadAsync(_photos.Draw("grass"));
        var waiting = await process.UploadAsync(_photos.Draw("dandelion"));
        return (_photos.Draw("grass"), waiting.ImageId);
    }

    private Task<TransferReport> RunAsync(IProgress<TransferProgress>? progress, bool isRestarted = false) =>
        new InstallationTransfer(_source.Open(), SourceStore, target.Open(), TargetStore).RunAsync(isRestarted, progress, Token);

    private FolderImageStore Store(string name) => new(new FolderImageStoreOptions { Root = Path.Combine(_folder.Path, name) });

    private sealed class CutOffException : Exception;

    /// <summary>Ends the transfer where it is told to.</summary>
    private sealed class CutOff(Func<TransferProgress, bool> isHere) : IProgress<TransferProgress>
    {
        public static CutOff At(int step)
        {
            var steps = 0;
            return new CutOff(_ => Interlocked.Increment(ref steps) >= step);
        }

        public void Report(TransferProgress value)
        {
            if (isHere(value))
            {
                throw new CutOffException();
            }
        }
    }
}
