using System.Net;
using System.Text;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog.Ingestion;

public sealed class ManifestIngestionTests : IAsyncDisposable
{
    private readonly IngestionFixture _fixture = new();
    private readonly LoopbackServer _server;
    private string _location = "";

    public ManifestIngestionTests() => _server = new LoopbackServer(AnswerAsync);

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

    [Fact]
    public async Task Ingest_corrected_manifest_corrects_what_never_came()
    {
        await IngestTextAsync("url,label\nlate.jpg,gras\nother.jpg,gras");
        _fixture.WriteImage("late.jpg", "late");
        var report = await IngestTextAsync("url,label\nlate.jpg,grass");

        Assert.Equal((1, 0, 0), (report.New, report.Conflicts.Count, report.Failures.Count));
        Assert.Contains(
            await _fixture.ReadStateAsync(), line => line.StartsWith("row late.jpg grass Stored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ingest_refused_manifest_leaves_nothing()
    {
        var lines = string.Concat(Enumerable.Range(0, 1_200).Select(i => $"{i}.jpg,grass\n"));
        await Assert.ThrowsAsync<InvalidDatasetException>(() => IngestTextAsync(lines + "x.jpg,grass,more"));

        Assert.Empty(await _fixture.ReadStateAsync());
    }

    [Fact]
    public async Task Ingest_manifest_without_photos_says_so()
    {
        var report = await IngestTextAsync("url,label\n");

        Assert.Contains("no photos", Assert.Single(report.Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingest_password_in_an_address_is_neither_kept_nor_shown()
    {
        var address = new UriBuilder(_server.Root) { UserName = "anna", Password = "secret", Path = "ok/1" }.Uri;
        var report = await IngestTextAsync($"{address},grass");

        Assert.Equal(new Uri(_server.Root, "ok/1").AbsoluteUri, Assert.Single(report.Failures).Source);
        Assert.Empty(await _fixture.ReadStateAsync());
    }

    [Theory]
    [InlineData("data:image/png;base64,AAAA", "'data'")]
    [InlineData("file:///etc/passwd", "'file'")]
    [InlineData("ftp://127.0.0.1/x", "'ftp'")]
    [InlineData("http://:99999", "302")]
    public async Task Ingest_redirect_to_what_is_no_address_fails_that_image_alone(string location, string part)
    {
        _location = location;
        var report = await IngestAsync("to/1", "ok/2");

        Assert.Equal(1, report.New);
        Assert.Contains(part, Assert.Single(report.Failures).Reason, StringComparison.Ordinal);
        Assert.Equal(1, _server.Requests("/to/1"));
    }

    [Fact]
    public async Task Ingest_file_name_that_no_file_can_have_fails_that_image_alone()
    {
        var report = await IngestTextAsync($"file:///photos/%00.jpg,grass\n{_server.Root}ok/1,grass");

        Assert.Equal((1, 1), (report.New, report.Failures.Count));
    }

    [Fact]
    public async Task Ingest_says_who_asks() => Assert.Equal(1, (await IngestAsync("named/1")).New);

    [Theory]
    [InlineData(false, 1, 0)]
    [InlineData(true, 0, 1)]
    public async Task Ingest_over_http_reaches_public_addresses_alone(bool isPublicOnly, int expectedNew, int expectedFailures)
    {
        var report = await IngestTextAsync($"{_server.Root}ok/1,grass", new SourceRules(isPublicOnly));

        Assert.Equal((expectedNew, expectedFailures), (report.New, report.Failures.Count));
        Assert.Equal(expectedNew, _server.Requests("/ok/1"));
        Assert.All(report.Failures, failure => Assert.Contains("AllowPrivateAddresses", failure.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ingest_over_http_judges_the_address_that_a_name_and_a_redirect_lead_to()
    {
        // The first connection counts as public, as that to a name does which is another address a moment later.
        var asked = 0;
        _server.IsPublic = _ => Interlocked.Increment(ref asked) == 1;
        _location = new Uri(_server.Root, "ok/2").AbsoluteUri;
        var report = await IngestTextAsync($"{_server.Root}to/1,grass", new SourceRules(IsPublicOnly: true));

        Assert.Contains("not a public address", Assert.Single(report.Failures).Reason, StringComparison.Ordinal);
        Assert.Equal((1, 0, 2), (_server.Requests("/to/1"), _server.Requests("/ok/2"), asked));
    }

    [Fact]
    public async Task Ingest_left_overs_reaches_public_addresses_alone()
    {
        await _fixture.OpenCatalog().RegisterAsync([new ManifestEntry($"{_server.Root}ok/1", "grass")], Cancellation);

        Assert.Single((await _fixture.Ingestor(http: _server).IngestLeftOversAsync(cancellationToken: Cancellation)).Failures);
        Assert.Equal(0, _server.Requests("/ok/1"));
    }

    [Fact]
    public async Task Ingest_over_http_reads_files_in_the_allowed_folders_alone()
    {
        using var elsewhere = new TemporaryFolder();
        var secret = elsewhere.Write("secret.jpg", MarkerDecoder.Image("secret"));
        var allowed = _fixture.WriteImage("allowed.jpg", "allowed");
        File.CreateSymbolicLink(Path.Combine(_fixture.Images.Path, "link.jpg"), secret);
        var report = await IngestTextAsync(
            $"{secret},grass\n{allowed},grass\nlink.jpg,grass\n../../etc/passwd,grass", new SourceRules(Folders: [_fixture.Images.Path]));

        Assert.Equal((1, 3), (report.New, report.Failures.Count));
    }

    private static string Expected(string reason) =>
        ((string[])["302", "404", "503", "the limit is 1000", "No picture"])
            .FirstOrDefault(part => reason.Contains(part, StringComparison.Ordinal), reason);

    private async Task AnswerAsync(HttpListenerRequest request, int before, HttpListenerResponse response)
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
            case "to":
                response.StatusCode = 302;
                response.Headers["Location"] = _location;
                response.KeepAlive = false;
                return;
            case "named" when request.UserAgent?.StartsWith("DandelionMl/", StringComparison.Ordinal) != true:
                response.StatusCode = 403;
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

    private Task<IngestionReport> IngestTextAsync(string manifest, SourceRules? rules = null) => _fixture.Ingestor(http: _server).IngestAsync(
        new ManifestDataset(_fixture.Images.Write("manifest.csv", Encoding.UTF8.GetBytes(manifest))),
        rules ?? SourceRules.Any,
        cancellationToken: Cancellation);
}
