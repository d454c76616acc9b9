using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using DandelionMl.Storage;
using DandelionMl.Telemetry;

namespace DandelionMl.S3;

/// <summary>Keeps objects in a bucket of an S3-compatible store: AWS, MinIO, Ceph … Thread-safe; create one and reuse it.</summary>
/// <remarks>
/// <para>The AWS SDK retries what may succeed the next time (5xx answers, broken connections). After the last retry it throws a
/// <see cref="StorageUnavailableException"/>, from every method. A connection that breaks while an object is read is taken up where it
/// was.</para>
/// <para>An object of more than 5 GiB can't be copied. Listing skips objects of other programs whose names are not valid keys.
/// Large objects are
/// uploaded in parts; those of a process that was killed are removed by the <see cref="Reconciliation.Reconciler"/>, or by a lifecycle
/// rule on the
/// bucket (<c>AbortIncompleteMultipartUpload</c>).</para>
/// </remarks>
public sealed class S3ImageStore : IImageStore, ILeftovers, IDisposable
{
    /// <summary>The longest that a presigned address can be good for: 7 days.</summary>
    public static readonly TimeSpan LongestPresignedLifetime = TimeSpan.FromDays(7);

    private readonly AmazonS3Client _client;
    private readonly S3Failures _failures;
    private readonly S3Bucket _bucket;
    private readonly S3Upload _upload;
    private readonly S3UnfinishedUploads _unfinished;
    private readonly string _address;
    private readonly TimeSpan _timeout;

    /// <summary>Makes the store. The server is not asked for anything yet.</summary>
    /// <param name="options">Where the objects are.</param>
    /// <exception cref="ArgumentException">An option is not as <see cref="S3Options"/> says.</exception>
    /// <exception cref="StorageUnavailableException">There is neither an endpoint nor a region.</exception>
    public S3ImageStore(S3Options options)
        : this(options, retries: null)
    {
    }

    internal S3ImageStore(S3Options options, RetryTelemetry? retries)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new S3OptionsValidator(nameof(S3Options)).Validate(name: null, options) is { Failed: true } invalid)
        {
            throw new ArgumentException(invalid.FailureMessage, nameof(options));
        }

        _timeout = options.Timeout;
        _client = S3Client.Create(options, retries);
        _address = options.Endpoint?.AbsoluteUri.TrimEnd('/') ?? $"https://s3.{_client.Config.RegionEndpoint?.SystemName}.amazonaws.com";
        _failures = new S3Failures($"S3 store {_address}, bucket '{options.Bucket}'");
        _bucket = new S3Bucket(_client, options, _failures);
        _upload = new S3Upload(_client, options, _failures);
        _unfinished = new S3UnfinishedUploads(_client, options, _failures);
    }

    /// <inheritdoc/>
    public async Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(key);
        ArgumentNullException.ThrowIfNull(content);
        await _bucket.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await _upload.RunAsync(key, content, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(key);
        await _bucket.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var request = new GetObjectRequest { BucketName = _bucket.Name, Key = key };
        var response = await _failures.TranslateAsync(
            "reading", key, () => _client.GetObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new S3ObjectStream(_client, _failures, request, response, _timeout);
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(key);
        await _bucket.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await _failures.TranslateAsync("looking for", key, () => HasAsync(key, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(key);
        await _bucket.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await _failures.TranslateAsync(
            "deleting",
            key,
            async () =>
            {
                // A deletion succeeds whether there was something or not.
                var existed = await HasAsync(key, cancellationToken).ConfigureAwait(false);
                if (existed)
                {
                    await _client.DeleteObjectAsync(_bucket.Name, key, cancellationToken).ConfigureAwait(false);
                }

                return existed;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>The server copies; the bytes don't pass through this process.</remarks>
    public async Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(sourceKey);
        StorageKeys.Validate(destinationKey);
        if (sourceKey == destinationKey)
        {
            // S3 refuses a copy that changes nothing.
            if (!await ExistsAsync(sourceKey, cancellationToken).ConfigureAwait(false))
            {
                throw new ObjectNotFoundException(sourceKey);
            }

            return;
        }

        await _bucket.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var copied = await _failures.TranslateAsync(
            "copying",
            sourceKey,
            () => _client.CopyObjectAsync(_bucket.Name, sourceKey, _bucket.Name, destinationKey, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        _failures.CheckStored(copied.ETag, "copying", sourceKey);
    }

    /// <inheritdoc/>
    /// <remarks>Holds one page, at most 1,000 objects, at a time.</remarks>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        await _bucket.EnsureAsync(cancellationToken).ConfigureAwait(false);
        var request = new ListObjectsV2Request { BucketName = _bucket.Name, Prefix = prefix };
        do
        {
            var page = await _failures.TranslateAsync(
                "listing", prefix, () => _client.ListObjectsV2Async(request, cancellationToken), cancellationToken).ConfigureAwait(false);

            // A listing names its bucket. Any other answer would be taken for an empty one.
            if (page.Name != _bucket.Name)
            {
                throw _failures.Unavailable($"listing '{prefix}'", S3Failures.NotS3);
            }

            foreach (var found in page.S3Objects ?? [])
            {
                if (StorageKeys.IsKey(found.Key))
                {
                    var lastModified = found.LastModified?.ToUniversalTime() ?? DateTime.UnixEpoch;
                    yield return new StoredObject(found.Key, found.Size ?? 0, lastModified);
                }
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <inheritdoc/>
    /// <remarks><c>{endpoint}/{bucket}/{key}</c>, whichever way the bucket is named in requests.</remarks>
    public Uri GetUri(string key)
    {
        StorageKeys.Validate(key);
        var escapedKey = Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal);
        return new Uri($"{_address}/{_bucket.Name}/{escapedKey}");
    }

    /// <summary>An address that lets anyone read an object for a while, without credentials. It does not check whether the object
    /// exists.</summary>
    /// <param name="key">The key.</param>
    /// <param name="lifetime">How long from now; more than zero, at most <see cref="LongestPresignedLifetime"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidStorageKeyException">The key is malformed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is out of range.</exception>
    /// <exception cref="StorageUnavailableException">There are no credentials to sign with.</exception>
    public async Task<Uri> GetPresignedUriAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(key);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, LongestPresignedLifetime);
        cancellationToken.ThrowIfCancellationRequested();
        var request = new GetPreSignedUrlRequest
        {
            BucketName = _bucket.Name,
            Key = key,
            Verb = HttpVerb.GET,
            // Signing follows the system's clock as well.
            Expires = DateTime.UtcNow + lifetime,
            Protocol = _address.StartsWith("https:", StringComparison.Ordinal) ? Protocol.HTTPS : Protocol.HTTP,
        };
        return new Uri(await _failures.TranslateAsync(
            "presigning", key, () => _client.GetPreSignedURLAsync(request), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Leftover> FindLeftoversAsync(
        DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _bucket.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var upload in _unfinished.FindAsync(before, cancellationToken).ConfigureAwait(false))
        {
            yield return upload;
        }
    }

    /// <inheritdoc/>
    public async Task RemoveLeftoverAsync(Leftover leftover, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(leftover);
        await _bucket.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await _unfinished.RemoveAsync(leftover, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        _bucket.Dispose();
        _client.Dispose();
    }

    private async Task<bool> HasAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await _client.GetObjectMetadataAsync(_bucket.Name, key, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsMissing(exception))
        {
            return false;
        }
    }
}
