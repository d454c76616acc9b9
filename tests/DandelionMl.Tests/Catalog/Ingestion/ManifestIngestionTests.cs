using System.Net;
using System.Text;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class ManifestIngestionTests : IAsyncDisposable
{
    private readonly IngestionFixture _fixture = new();
    private readonly LoopbackServer _server = new(AnswerAsync);

    private static CancellationToken Cancellation => IngestionFixture.Cancellation;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Ingest_manifest_takes_what_can_be_had_and_reports_the_rest()
    {
        var report = await IngestAsync(
            "ok/1", "busy/2", "missing/3", "long/4", "endless/5", "text/6", "moved/7", "circle/8", "cut/9", "down/10");

        Assert.Equal(4, report.New);
        Assert.Equal(
            [
                ("circle/8", "302"),
                ("down/10", "503"),
                ("endless/5", "the limit is 1000"),
                ("long/4", "the limit is 1000"),
                ("missing/3", "404"),
                ("text/6", "No picture"),
            ],
            report.Failures.Select(failure => (failure.Source[_server.Root.AbsoluteUri.Length..], failure.Reason))
                .OrderBy(failure => failure.Item1, StringComparer.Ordinal)
                .Select(failure => (failure.Item1, Expected(failure.Reason))));
        Assert.Equal(3, _server.Requests("/busy/2"));
        Assert.Equal(2, _server.Requests("/cut/9"));
        Assert.Equal(4, _server.Requests("/down/10"));
        Assert.Equal(1, _server.Requests("/missing/3"));
        Assert.Equal(1, _server.Requests("/long/4"));
    }

    [Fact]
    public async Task Ingest_manifest_again_downloads_only_what_failed()
    {
        await IngestAsync("ok/1", "missing/3");
        var report = await IngestAsync("ok/1", "missing/3");

        Assert.Equal((0, 1, 1), (report.New, report.AlreadyKnown, report.Failures.Count));
        Assert.Equal(1, _server.Requests("/ok/1"));
        Assert.Equal(2, _server.Requests("/missing/3"));
    }

    [Fact]
    public async Task Ingest_manifest_of_paths_takes_them_from_its_folder()
    {
        _fixture.WriteImage("photos/a, b.jpg", "one");
        var absolute = _fixture.WriteImage("photos/c.jpg", "two");
        var third = _fixture.WriteImage("photos/d.jpg", "three");
        var report = await IngestTextAsync($""""
            URL,Label
            "photos/a, b.jpg","say ""hi"""
            {absolute},grass
            {new Uri(third).AbsoluteUri},grass
            photos/gone.jpg,grass
            """");

        Assert.Equal(3, report.New);
        Assert.EndsWith("/photos/gone.jpg", Assert.Single(report.Failures).Source, StringComparison.Ordinal);
        Assert.Contains(
            await _fixture.ReadStateAsync(),
            line => line.StartsWith("row photos/a, b.jpg say \"hi\" Stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ingest_manifest_reports_entries_that_are_none()
    {
        var report = await IngestTextAsync($"""
            ftp://example.org/a.jpg,grass
            data:image/png;base64,AAAA
            file://server/share/a.jpg,grass
            {_server.Root}ok/1,
            {_server.Root}ok/2,{new string('x', 51)}
            {_server.Root}ok/{new string('3', 2_100)},grass
            {_server.Root}ok/4,grass
            {_server.Root}ok/4,dandelion
            {_server.Root}ok/4,grass
            """);

        Assert.Equal((1, 6), (report.New, report.Failures.Count));
        var conflict = Assert.Single(report.Conflicts);
        Assert.Equal(("dandelion", "grass"), (conflict.Label, conflict.KeptLabel));
        Assert.Equal(0, _server.Requests("/ok/1"));
    }

    [Fact]
    public async Task Ingest_manifest_known_under_another_label_keeps_it_and_says_so()
    {
        await IngestTextAsync($"{_server.Root}ok/1,grass");
        var report = await IngestTextAsync($"{_server.Root}ok/1,dandelion");

        Assert.Equal(1, report.AlreadyKnown);
        var conflict = Assert.Single(report.Conflicts);
        Assert.Equal(("dandelion", "grass"), (conflict.Label, conflict.KeptLabel));
    }

    private static string Expected(string reason) =>
        ((string[])["302", "404", "503", "the limit is 1000", "No picture"])
            .FirstOrDefault(part => reason.Contains(part, StringComparison.Ordinal), reason);

    private static async Task AnswerAsync(HttpListenerRequest request, int before, HttpListenerResponse response)
    {
        var path = request.Url!.AbsolutePath;
        var body = MarkerDecoder.Image(path);
        switch (path.Split('/')[1])
        {
            case "busy" when before < 2:
            case "down":
                response.StatusCode = 503;
                return;
            case "missing":
                response.StatusCode = 404;
                return;
            case "moved":
                response.Redirect("/ok/moved");
                return;
            case "circle":
                response.Redirect(path);
                return;
            case "long":
                response.ContentLength64 = 1_000_000_000;
                response.OutputStream.Flush();
                return;
            case "endless":
                response.SendChunked = true;
                while (true)
                {
                    await response.OutputStream.WriteAsync(body);
                }

            case "cut" when before == 0:
                response.ContentLength64 = body.Length + 100;
                await response.OutputStream.WriteAsync(body);
                response.Abort();
                return;
            case "text":
                body = Encoding.UTF8.GetBytes("<html>");
                break;
        }

        await response.OutputStream.WriteAsync(body);
    }

    private Task<IngestionReport> IngestAsync(params string[] paths) =>
        IngestTextAsync("url,label\r\n" + string.Concat(paths.Select(path => $"{_server.Root}{path},grass\r\n")));

    private Task<IngestionReport> IngestTextAsync(string manifest) => _fixture.Ingestor(http: _server).IngestAsync(
        new ManifestDataset(_fixture.Images.Write("manifest.csv", Encoding.UTF8.GetBytes(manifest))), cancellationToken: Cancellation);
}
