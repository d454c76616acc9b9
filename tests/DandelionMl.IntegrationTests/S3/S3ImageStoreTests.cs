using Amazon.S3;
using Amazon.S3.Model;
using DandelionMl.IntegrationTests.Proxies;
using DandelionMl.Storage;
using DandelionMl.S3;

namespace DandelionMl.IntegrationTests.S3;

[Collection(CephTests.Name)]
public sealed class S3ImageStoreTests(CephServer server) : IAsyncLifetime
{
    private const string Key = "raw/dandelion/a%20b+c=d.jpg";
    private const int Part = S3Options.SmallestPartSize;

    private readonly string _bucket = CephServer.NewBucket();
    private S3ImageStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _store = new S3ImageStore(server.Options(_bucket));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(Part, 0)]
    [InlineData(Part + 1, 2)]
    [InlineData(3 * Part, 3)]
    [InlineData((2 * Part) + 5, 3)]
    public async Task Put_about_the_threshold_goes_up_in_parts_above_it(int length, int parts)
    {
        var bytes = TestObjects.Bytes(length);
        Func<Stream>[] sources = [() => new OneWayStream(bytes), () => new MemoryStream(bytes), () => new BufferedStream(new MemoryStream(bytes))];
        using var client = S3Client.Create(server.Options(_bucket));
        foreach (var source in sources)
        {
            await using var content = source();
            await _store.PutAsync(Key, content, Cancellation);

            Assert.Equal(TestObjects.Sha256(bytes), TestObjects.Sha256(await _store.ReadBytesAsync(Key, Cancellation)));
            // The ETag of what was put in parts ends in their number.
            var etag = (await client.GetObjectMetadataAsync(_bucket, Key, Cancellation)).ETag.Trim('"').Split('-');
            Assert.Equal(parts, etag.Length == 2 ? int.Parse(etag[1], System.Globalization.CultureInfo.InvariantCulture) : 0);
        }
    }

    [Fact]
    public async Task Put_content_already_read_in_part_writes_the_rest()
    {
        foreach (var content in (Stream[])[new MemoryStream([1, 2, 3, 4]), new BufferedStream(new MemoryStream([1, 2, 3, 4]))])
        {
            content.ReadByte();
            await _store.PutAsync(Key, content, Cancellation);

            Assert.Equal([2, 3, 4], await _store.ReadBytesAsync(Key, Cancellation));
            Assert.Equal(4, content.Position);
        }
    }

    [Theory]
    [InlineData(300_000, false)]
    [InlineData(2_000_000, true)]
    public async Task Put_only_a_large_body_waits_to_be_asked_for(int length, bool waits)
    {
        await using var proxy = new FaultProxy(server.Endpoint, _ => Fault.None);
        using var store = new S3ImageStore(server.Options(_bucket, proxy.Address));

        await store.PutBytesAsync(Key, TestObjects.Bytes(length), Cancellation);

        Assert.Equal(waits, proxy.Requests.Single(request => request.Method == "PUT" && request.Target.EndsWith(".jpg", StringComparison.Ordinal)).ExpectsContinue);
        using var client = S3Client.Create(server.Options(_bucket));
        var stored = await client.GetObjectMetadataAsync(_bucket, Key, Cancellation);
        Assert.Equal(("image/jpeg", null), (stored.Headers.ContentType, stored.Headers.ContentEncoding));
    }

    [Fact]
    public async Task Put_sdk_default_checksums_would_be_refused()
    {
        // Why the store asks for checksums only where they are required. When this fails, the setting may have become needless.
        using var defaults = new AmazonS3Client(
            CephServer.AccessKey, CephServer.SecretKey,
            new AmazonS3Config { ServiceURL = server.Endpoint.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await _store.PutBytesAsync(Key, [1], Cancellation);

        await Assert.ThrowsAsync<AmazonS3Exception>(() => defaults.PutObjectAsync(
            new PutObjectRequest { BucketName = _bucket, Key = "raw/a.jpg", InputStream = new MemoryStream([1]) }, Cancellation));
    }

    [Fact]
    public async Task Copy_odd_keys_and_onto_itself_keep_the_bytes()
    {
        await _store.PutBytesAsync(Key, [1, 2, 3], Cancellation);

        await _store.CopyAsync(Key, "raw/%E2%9C%93/+=.jpg", Cancellation);
        await _store.CopyAsync(Key, Key, Cancellation);

        Assert.Equal([1, 2, 3], await _store.ReadBytesAsync("raw/%E2%9C%93/+=.jpg", Cancellation));
        Assert.Equal([1, 2, 3], await _store.ReadBytesAsync(Key, Cancellation));
        await Assert.ThrowsAsync<ObjectNotFoundException>(() => _store.CopyAsync("raw/none.jpg", "raw/none.jpg", Cancellation));
    }

    [Fact]
    public async Task List_objects_of_others_that_are_no_keys_are_left_out()
    {
        await _store.PutBytesAsync(Key, [1], Cancellation);
        using var client = S3Client.Create(server.Options(_bucket));
        foreach (var name in (string[])["raw/", "raw/a b.jpg", "raw//c.jpg", "raw/é.jpg"])
        {
            await client.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = name, ContentBody = "x" }, Cancellation);
        }

        Assert.Equal([Key], await KeysAsync(_store));
    }

    [Fact]
    public async Task GetPresignedUri_reads_without_credentials()
    {
        await _store.PutBytesAsync(Key, [1, 2, 3], Cancellation);
        using var client = new HttpClient();

        var address = await _store.GetPresignedUriAsync(Key, TimeSpan.FromMinutes(5), Cancellation);

        Assert.Equal([1, 2, 3], await client.GetByteArrayAsync(address, Cancellation));
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await client.GetAsync(_store.GetUri(Key), Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Leftovers_uploads_that_nobody_ends_are_found_and_removed()
    {
        await _store.PutBytesAsync(Key, [1], Cancellation);
        using var client = S3Client.Create(server.Options(_bucket));
        foreach (var key in (string[])[Key, Key, "model/a.safetensors", "others/b.jpg", "raw/no key.jpg"])
        {
            var upload = await client.InitiateMultipartUploadAsync(_bucket, key, Cancellation);
            await client.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = _bucket, Key = key, UploadId = upload.UploadId, PartNumber = 1, InputStream = new MemoryStream([1, 2]),
                },
                Cancellation);
        }

        // The server tells the second at which an upload was begun.
        var later = DateTimeOffset.UtcNow + TimeSpan.FromMinutes(1);
        Assert.Empty(await _store.FindLeftoversAsync(later - TimeSpan.FromHours(1), Cancellation).ToListAsync(Cancellation));
        var found = await _store.FindLeftoversAsync(later, Cancellation).ToListAsync(Cancellation);
        Assert.Equal(
            ["model/a.safetensors", Key, Key], found.Select(leftover => leftover.Name[..leftover.Name.IndexOf('?', StringComparison.Ordinal)]));
        Assert.All(found, leftover => Assert.Equal("unfinished upload", leftover.Kind));

        foreach (var leftover in found.Concat(found))
        {
            await _store.RemoveLeftoverAsync(leftover, Cancellation);
        }

        Assert.Empty(await _store.FindLeftoversAsync(later, Cancellation).ToListAsync(Cancellation));
        Assert.Equal([1], await _store.ReadBytesAsync(Key, Cancellation));
        var others = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket }, Cancellation);
        Assert.Equal(["others/b.jpg", "raw/no key.jpg"], others.MultipartUploads.Select(upload => upload.Key));
    }

    [Fact]
    public void GetUri_is_endpoint_bucket_and_key() =>
        Assert.Equal(
            $"{server.Endpoint.AbsoluteUri}{_bucket}/raw/dandelion/a.jpg", _store.GetUri("raw/dandelion/a.jpg").AbsoluteUri);

    [Fact]
    public async Task First_use_bucket_missing_is_created_by_many_at_once()
    {
        var stores = Enumerable.Range(0, 8).Select(_ => new S3ImageStore(server.Options(_bucket))).ToList();
        await Task.WhenAll(stores.Select((store, i) => store.PutBytesAsync($"raw/{i}.jpg", [1], Cancellation)));
        stores.ForEach(store => store.Dispose());

        Assert.Equal(8, (await KeysAsync(_store)).Count);
    }

    [Fact]
    public async Task Any_call_bucket_missing_and_not_to_be_created_throws()
    {
        var options = server.Options(_bucket);
        options.CreateBucket = false;
        using var store = new S3ImageStore(options);

        Func<Task>[] calls =
        [
            () => store.PutBytesAsync(Key, [1], Cancellation),
            () => store.OpenReadAsync(Key, Cancellation),
            () => store.ExistsAsync(Key, Cancellation),
            () => store.DeleteAsync(Key, Cancellation),
            () => store.CopyAsync(Key, "raw/b.jpg", Cancellation),
            () => KeysAsync(store),
        ];
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.Contains(_bucket, error.Message, StringComparison.Ordinal);
            Assert.Contains("CreateBucket", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(CephServer.AccessKey, "wrong-secret-wrong")]
    [InlineData("unknown", "wrong-secret-wrong")]
    public async Task Any_call_wrong_credentials_throws_without_showing_them(string accessKey, string secretKey)
    {
        await _store.PutBytesAsync(Key, [1], Cancellation);
        var options = server.Options(_bucket);
        (options.AccessKey, options.SecretKey) = (accessKey, secretKey);

        // The server refuses a write before it has read its body, and may take the rest of it for the next request on the connection. So the
        // write comes last, and with a time-out of its own the SDK lends the connections to nobody else.
        options.Timeout += TimeSpan.FromSeconds(accessKey.Length);
        using var store = new S3ImageStore(options);

        Func<Task>[] calls = [() => store.OpenReadAsync(Key, Cancellation), () => store.ExistsAsync(Key, Cancellation),
            () => KeysAsync(store), () => store.PutBytesAsync(Key, [1], Cancellation)];
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<StorageUnavailableException>(call);
            Assert.Contains("SecretKey", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(secretKey, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Any_call_nothing_listens_throws()
    {
        var proxy = new FaultProxy(server.Endpoint, _ => Fault.None);
        await proxy.DisposeAsync();
        using var store = new S3ImageStore(server.Options(_bucket, proxy.Address));

        var error = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.ExistsAsync(Key, Cancellation));
        Assert.Contains(proxy.Address.Authority, error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> KeysAsync(S3ImageStore store)
    {
        var keys = new List<string>();
        await foreach (var found in store.ListAsync("", Cancellation))
        {
            keys.Add(found.Key);
        }

        return keys;
    }
}
