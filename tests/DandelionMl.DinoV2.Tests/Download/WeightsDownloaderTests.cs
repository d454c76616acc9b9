using System.Security.Cryptography;
using DandelionMl.Backbones;
using DandelionMl.DinoV2.Download;
using DandelionMl.Tests.Support;

namespace DandelionMl.DinoV2.Tests.Download;

public sealed class WeightsDownloaderTests : IDisposable
{
    private static readonly byte[] Content = MakeContent(300_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("dandelionml-tests-").FullName;
    private readonly HttpClient _client = new();
    private CuttingServer? _server;

    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _server?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task DownloadAsync_plain_server_writes_the_file_and_tells_progress()
    {
        var (downloader, file) = Serve(request => CuttingResponse.File(Content, request.RangeStart));
        var progress = new RecordedProgress();

        var path = await downloader.DownloadAsync(file, progress, Canceled);

        Assert.Equal(downloader.PathOf(file), path);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path, Canceled));
        Assert.True(downloader.IsDownloaded(file));
        Assert.False(File.Exists(path + ".partial"));
        Assert.Equal(new DownloadProgress(Content.Length, Content.Length), progress.Reports[^1]);
        Assert.Equal(progress.Reports.OrderBy(report => report.ReceivedBytes), progress.Reports);
    }

    [Fact]
    public async Task DownloadAsync_again_asks_nobody()
    {
        var (downloader, file) = Serve(request => CuttingResponse.File(Content, request.RangeStart));
        await downloader.DownloadAsync(file, cancellationToken: Canceled);

        await downloader.DownloadAsync(file, cancellationToken: Canceled);

        Assert.Single(_server!.Requests);
    }

    [Fact]
    public async Task DownloadAsync_cut_connection_goes_on_where_it_broke_off()
    {
        var (downloader, file) = Serve(request =>
        {
            var response = CuttingResponse.File(Content, request.RangeStart);
            return request.Index < 2 ? response.CutAfter(100_000) : response;
        });

        var path = await downloader.DownloadAsync(file, cancellationToken: Canceled);

        Assert.Equal(Content, await File.ReadAllBytesAsync(path, Canceled));
        Assert.Equal([null, 100_000, 200_000], _server!.Requests.Select(request => request.RangeStart));
    }

    [Fact]
    public async Task DownloadAsync_partial_file_of_an_earlier_process_is_continued()
    {
        var (downloader, file) = Serve(request => CuttingResponse.File(Content, request.RangeStart));
        await File.WriteAllBytesAsync(downloader.PathOf(file) + ".partial", Content[..1234], Canceled);

        var path = await downloader.DownloadAsync(file, cancellationToken: Canceled);

        Assert.Equal(Content, await File.ReadAllBytesAsync(path, Canceled));
        Assert.Equal(1234, Assert.Single(_server!.Requests).RangeStart);
    }

    [Fact]
    public async Task DownloadAsync_server_without_ranges_starts_over()
    {
        var (downloader, file) = Serve(request => request.Index == 0
            ? CuttingResponse.File(Content, null).CutAfter(100_000)
            : CuttingResponse.File(Content, null));

        var path = await downloader.DownloadAsync(file, cancellationToken: Canceled);

        Assert.Equal(Content, await File.ReadAllBytesAsync(path, Canceled));
        Assert.Equal(2, _server!.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_range_refused_starts_over()
    {
        var (downloader, file) = Serve(request => request.RangeStart is null
            ? CuttingResponse.File(Content, null)
            : new CuttingResponse(416, default));
        await File.WriteAllBytesAsync(downloader.PathOf(file) + ".partial", Content[..1234], Canceled);

        Assert.Equal(Content, await File.ReadAllBytesAsync(await downloader.DownloadAsync(file, cancellationToken: Canceled), Canceled));
    }

    [Fact]
    public async Task DownloadAsync_busy_server_is_asked_again()
    {
        var (downloader, file) = Serve(request => request.Index < 2
            ? new CuttingResponse(503, default)
            : CuttingResponse.File(Content, request.RangeStart));

        Assert.Equal(Content, await File.ReadAllBytesAsync(await downloader.DownloadAsync(file, cancellationToken: Canceled), Canceled));
        Assert.Equal(3, _server!.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_server_always_busy_gives_up()
    {
        var (downloader, file) = Serve(_ => new CuttingResponse(503, default));

        await Assert.ThrowsAsync<BackboneUnavailableException>(() => downloader.DownloadAsync(file, cancellationToken: Canceled));

        Assert.Equal(6, _server!.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_missing_file_is_not_asked_for_again()
    {
        var (downloader, file) = Serve(_ => new CuttingResponse(404, default));

        var exception = await Assert.ThrowsAsync<BackboneUnavailableException>(
            () => downloader.DownloadAsync(file, cancellationToken: Canceled));

        Assert.Single(_server!.Requests);
        Assert.Contains(file.Address.ToString(), exception.Message, StringComparison.Ordinal);
        Assert.Contains(downloader.PathOf(file), exception.Message, StringComparison.Ordinal);
        Assert.Contains("LocalWeights", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_wrong_hash_is_refused_and_removed()
    {
        var changed = Content.ToArray();
        changed[5]++;
        var (downloader, file) = Serve(request => CuttingResponse.File(changed, request.RangeStart));

        await AssertRefusedAndRemoved(downloader, file);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task DownloadAsync_wrong_size_is_refused_and_removed(int difference)
    {
        var other = MakeContent(Content.Length + difference);
        var (downloader, file) = Serve(request => CuttingResponse.File(other, request.RangeStart));

        await AssertRefusedAndRemoved(downloader, file);
    }

    [Fact]
    public async Task DownloadAsync_no_server_says_what_to_do_at_once()
    {
        var (downloader, file) = Serve(_ => new CuttingResponse(500, default));
        _server!.Dispose();

        var exception = await Assert.ThrowsAsync<BackboneUnavailableException>(
            () => downloader.DownloadAsync(file, cancellationToken: Canceled));

        Assert.Contains(downloader.PathOf(file), exception.Message, StringComparison.Ordinal);
        _server = null;
    }

    [Fact]
    public async Task DownloadAsync_canceled_keeps_what_has_come()
    {
        using var cancel = new CancellationTokenSource();
        var (downloader, file) = Serve(request => CuttingResponse.File(Content, request.RangeStart));
        var progress = new RecordedProgress { OnReport = _ => cancel.Cancel() };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => downloader.DownloadAsync(file, progress, cancel.Token));

        Assert.Equal(progress.Reports[^1].ReceivedBytes, new FileInfo(downloader.PathOf(file) + ".partial").Length);
        await downloader.DownloadAsync(file, cancellationToken: Canceled);
        Assert.True(downloader.IsDownloaded(file));
    }

    [Fact]
    public async Task DownloadAsync_several_at_once_download_once()
    {
        var (downloader, file) = Serve(request => CuttingResponse.File(Content, request.RangeStart));
        var other = new WeightsDownloader(() => _client, _folder, new ImpatientTimeProvider());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(
            () => (index % 2 == 0 ? downloader : other).DownloadAsync(file, cancellationToken: Canceled))));

        Assert.Single(_server!.Requests);
        Assert.Equal(Content, await File.ReadAllBytesAsync(downloader.PathOf(file), Canceled));
    }

    private async Task AssertRefusedAndRemoved(WeightsDownloader downloader, PinnedFile file)
    {
        await Assert.ThrowsAsync<BackboneUnavailableException>(() => downloader.DownloadAsync(file, cancellationToken: Canceled));

        Assert.Single(_server!.Requests);
        Assert.False(downloader.IsDownloaded(file));
        Assert.False(File.Exists(downloader.PathOf(file) + ".partial"));
    }

    private (WeightsDownloader Downloader, PinnedFile File) Serve(Func<CuttingRequest, CuttingResponse> answer)
    {
        _server = new CuttingServer(answer);
        var file = new PinnedFile(
            new Uri(_server.Address, "files/weights.pth"), Content.Length, Convert.ToHexStringLower(SHA256.HashData(Content)));
        return (new WeightsDownloader(() => _client, _folder, new ImpatientTimeProvider()), file);
    }

    private static byte[] MakeContent(int length)
    {
        var content = new byte[length];
        new Random(1).NextBytes(content);
        return content;
    }

    private sealed class RecordedProgress : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Reports { get; } = [];

        public Action<DownloadProgress>? OnReport { get; init; }

        public void Report(DownloadProgress value)
        {
            Reports.Add(value);
            OnReport?.Invoke(value);
        }
    }
}
