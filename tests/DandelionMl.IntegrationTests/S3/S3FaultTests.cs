using Amazon.S3.Model;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.Storage;
using DandelionMl.S3;

namespace DandelionMl.IntegrationTests.S3;

/// <summary>What the network and the server do wrong, between the store and the real server.</summary>
[Collection(CephTests.Name)]
public sealed class S3FaultTests(CephServer server) : IAsyncLifetime
{
    private const string Key = "raw/dandelion/a%20b+c=d.jpg";

    private readonly string _bucket = CephServer.NewBucket();
    private readonly byte[] _photo = TestObjects.Bytes(300_000);
    private S3ImageStore _direct = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _direct = new S3ImageStore(server.Options(_bucket));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _direct.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(nameof(Fault.Busy))]
    [InlineData(nameof(Fault.CutRequest))]
    [InlineData(nameof(Fault.LoseResponse))]
    public async Task Put_fails_once_is_repeated(string fault)
    {
        await using var proxy = new FaultProxy(server.Endpoint, Once("PUT", Key, Enum.Parse<Fault>(fault)));
        using var store = Through(proxy);

        await store.PutBytesAsync(Key, _photo, Cancellation);

        Assert.Equal(2, Count(proxy, "PUT", Key));
        Assert.Equal(TestObjects.Sha256(_photo), TestObjects.Sha256(await _direct.ReadBytesAsync(Key, Cancellation)));
    }

    [Theory]
    [InlineData(nameof(Fault.Busy))]
    [InlineData(nameof(Fault.CutRequest))]
    public async Task Put_fails_always_throws_and_keeps_what_was_there(string fault)
    {
        await _direct.PutBytesAsync(Key, [1, 2, 3], Cancellation);
        await using var proxy = new FaultProxy(server.Endpoint, Always("PUT", Key, Enum.Parse<Fault>(fault)));
        using var store = Through(proxy);

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.PutBytesAsync(Key, _photo, Cancellation));

        Assert.Contains(Key, error.Message, StringComparison.Ordinal);
        Assert.Contains(_bucket, error.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], await _direct.ReadBytesAsync(Key, Cancellation));
    }

    [Theory]
    [InlineData(nameof(Fault.Busy))]
    [InlineData(nameof(Fault.LoseResponse))]
    [InlineData(nameof(Fault.CutResponse))]
    public async Task Read_fails_once_goes_on(string fault)
    {
        await _direct.PutBytesAsync(Key, _photo, Cancellation);
        await using var proxy = new FaultProxy(server.Endpoint, Once("GET", Key, Enum.Parse<Fault>(fault)));
        using var store = Through(proxy);

        Assert.Equal(TestObjects.Sha256(_photo), TestObjects.Sha256(await store.ReadBytesAsync(Key, Cancellation)));
        Assert.Equal(2, Count(proxy, "GET", Key));
    }

    [Fact]
    public async Task Put_body_stalls_once_is_repeated()
    {
        await using var proxy = new FaultProxy(server.Endpoint, Once("PUT", Key, Fault.StallRequest));
        using var store = Impatient(proxy);

        await store.PutBytesAsync(Key, _photo, Cancellation);

        Assert.Equal(2, Count(proxy, "PUT", Key));
        Assert.Equal(TestObjects.Sha256(_photo), TestObjects.Sha256(await _direct.ReadBytesAsync(Key, Cancellation)));
    }

    [Fact]
    public async Task Read_body_stalls_once_goes_on_where_it_was()
    {
        await _direct.PutBytesAsync(Key, _photo, Cancellation);
        await using var proxy = new FaultProxy(server.Endpoint, Once("GET", Key, Fault.StallResponse));
        using var store = Impatient(proxy);

        Assert.Equal(TestObjects.Sha256(_photo), TestObjects.Sha256(await store.ReadBytesAsync(Key, Cancellation)));
        Assert.Equal(2, Count(proxy, "GET", Key));
    }

    [Fact]
    public async Task Read_body_stalls_and_server_gone_throws_naming_the_key()
    {
        await _direct.PutBytesAsync(Key, _photo, Cancellation);
        var stalled = 0;
        await using var proxy = new FaultProxy(
            server.Endpoint, request => !IsOf(request, "GET", Key) ? Fault.None : stalled++ == 0 ? Fault.StallResponse : Fault.Busy);
        using var store = Impatient(proxy);

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.ReadBytesAsync(Key, Cancellation));
        Assert.Contains(Key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_connection_cut_and_server_gone_throws()
    {
        await _direct.PutBytesAsync(Key, _photo, Cancellation);
        var asked = 0;
        await using var proxy = new FaultProxy(
            server.Endpoint, request => !IsOf(request, "GET", Key) ? Fault.None : asked++ == 0 ? Fault.CutResponse : Fault.Busy);
        using var store = Through(proxy);

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.ReadBytesAsync(Key, Cancellation));
        Assert.Contains(Key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_object_replaced_after_the_cut_throws_rather_than_mix()
    {
        await _direct.PutBytesAsync(Key, _photo, Cancellation);
        await using var proxy = new FaultProxy(server.Endpoint, Once("GET", Key, Fault.CutResponse));
        using var store = Through(proxy);
        await using var content = await store.OpenReadAsync(Key, Cancellation);

        await _direct.PutBytesAsync(Key, TestObjects.Bytes(_photo.Length, seed: 2), Cancellation);

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => content.CopyToAsync(Stream.Null, Cancellation));
        Assert.Contains("replaced", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadVerified_wrong_bytes_throws_naming_the_key()
    {
        await _direct.PutBytesAsync(Key, _photo, Cancellation);
        await using var proxy = new FaultProxy(server.Endpoint, Once("GET", Key, Fault.WrongBytes));
        using var store = Through(proxy);
        var sha256 = TestObjects.Sha256(_photo);

        var error = await Assert.ThrowsAsync<ObjectCorruptedException>(() => store.ReadVerifiedAsync(Key, sha256, Cancellation));

        Assert.Equal(Key, error.Key);
        Assert.Contains(Key, error.Message, StringComparison.Ordinal);
        Assert.Equal(_photo.Length, (await store.ReadVerifiedAsync(Key, sha256, Cancellation)).Length);
    }

    [Theory]
    [InlineData("POST", "uploads", nameof(Fault.Busy))]
    [InlineData("PUT", "partNumber=2", nameof(Fault.CutRequest))]
    [InlineData("PUT", "partNumber=2", nameof(Fault.LoseResponse))]
    [InlineData("POST", "uploadId=", nameof(Fault.Busy))]
    [InlineData("POST", "uploadId=", nameof(Fault.LoseResponse))]
    public async Task Put_in_parts_one_request_fails_once_is_repeated(string method, string part, string fault)
    {
        var large = InThreeParts();
        await using var proxy = new FaultProxy(server.Endpoint, Once(method, part, Enum.Parse<Fault>(fault)));
        using var store = Through(proxy);

        await store.PutBytesAsync(Key, large, Cancellation);

        Assert.Equal(2, Count(proxy, method, part));
        Assert.Equal(TestObjects.Sha256(large), TestObjects.Sha256(await _direct.ReadBytesAsync(Key, Cancellation)));
    }

    [Fact]
    public async Task Put_in_parts_fails_always_throws_and_leaves_nothing()
    {
        await _direct.PutBytesAsync(Key, [1, 2, 3], Cancellation);
        await using var proxy = new FaultProxy(server.Endpoint, Always("PUT", "partNumber=2", Fault.Busy));
        using var store = Through(proxy);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => store.PutBytesAsync(Key, InThreeParts(), Cancellation));

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Put_in_parts_cancelled_leaves_nothing()
    {
        await _direct.PutBytesAsync(Key, [1, 2, 3], Cancellation);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var proxy = new FaultProxy(server.Endpoint, request =>
        {
            if (IsOf(request, "PUT", "partNumber=2"))
            {
                cancellation.Cancel();
            }

            return Fault.None;
        });
        using var store = Through(proxy);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutBytesAsync(Key, InThreeParts(), cancellation.Token));

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Put_in_parts_content_breaks_leaves_nothing()
    {
        await _direct.PutBytesAsync(Key, [1, 2, 3], Cancellation);
        await using var content = new OneWayStream(InThreeParts()) { BreaksAt = S3Options.SmallestPartSize + 100_000 };

        await Assert.ThrowsAsync<IOException>(() => _direct.PutAsync(Key, content, Cancellation));

        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task List_page_fails_once_is_repeated()
    {
        await _direct.PutBytesAsync(Key, _photo, Cancellation);
        await using var proxy = new FaultProxy(server.Endpoint, Once("GET", "list-type=2", Fault.CutResponse));
        using var store = Through(proxy);

        var keys = new List<string>();
        await foreach (var found in store.ListAsync("raw/", Cancellation))
        {
            keys.Add(found.Key);
        }

        Assert.Equal([Key], keys);
    }

    private static byte[] InThreeParts() => TestObjects.Bytes((2 * S3Options.SmallestPartSize) + 1);

    private async Task AssertNothingIsLeftAsync()
    {
        Assert.Equal([1, 2, 3], await _direct.ReadBytesAsync(Key, Cancellation));
        using var client = S3Client.Create(server.Options(_bucket));
        var uploads = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket }, Cancellation);
        Assert.Empty(uploads.MultipartUploads ?? []);
    }

    private S3ImageStore Through(FaultProxy proxy) => new(server.Options(_bucket, proxy.Address));

    /// <summary>Gives a stalled request up soon; long enough for one that is not, on the busiest machine.</summary>
    private S3ImageStore Impatient(FaultProxy proxy)
    {
        var options = server.Options(_bucket, proxy.Address);
        options.Timeout = TimeSpan.FromSeconds(3);
        return new S3ImageStore(options);
    }

    private static Func<ProxiedRequest, Fault> Always(string method, string part, Fault fault) =>
        request => IsOf(request, method, part) ? fault : Fault.None;

    private static Func<ProxiedRequest, Fault> Once(string method, string part, Fault fault)
    {
        var done = false;
        return request =>
        {
            if (done || !IsOf(request, method, part))
            {
                return Fault.None;
            }

            done = true;
            return fault;
        };
    }

    private static int Count(FaultProxy proxy, string method, string part) =>
        proxy.Requests.Count(request => IsOf(request, method, part));

    private static bool IsOf(ProxiedRequest request, string method, string part) =>
        request.Method == method && Uri.UnescapeDataString(request.Target).Contains(part, StringComparison.Ordinal);
}
