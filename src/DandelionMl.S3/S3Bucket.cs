using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using DandelionMl.Storage;

namespace DandelionMl.S3;

/// <summary>The store's bucket, looked for once and created when it may be.</summary>
internal sealed class S3Bucket(IAmazonS3 client, S3Options options, S3Failures failures) : IDisposable
{
    private const string AwsDomain = ".amazonaws.com";

    private readonly SemaphoreSlim _once = new(1, 1);
    private volatile bool _there;

    public string Name { get; } = options.Bucket;

    /// <summary>Makes sure of the bucket before the first use of it.</summary>
    /// <exception cref="StorageUnavailableException">There is none and none may be created, or the server can't be used.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_there)
        {
            return;
        }

        await _once.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_there)
            {
                await FindOrCreateAsync(cancellationToken).ConfigureAwait(false);
                _there = true;
            }
        }
        catch (Exception exception) when (S3Failures.IsFailure(exception, cancellationToken))
        {
            throw failures.Unavailable("looking for the bucket", exception);
        }
        finally
        {
            _once.Release();
        }
    }

    public void Dispose() => _once.Dispose();

    private async Task FindOrCreateAsync(CancellationToken cancellationToken)
    {
        if (await ExistsAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        if (!options.CreateBucket)
        {
            throw failures.Unavailable("looking for the bucket", S3Failures.MissingBucket);
        }

        try
        {
            await client.PutBucketAsync(new PutBucketRequest { BucketName = Name, UseClientRegion = IsAws }, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.Conflict)
        {
            // Another process created it at this moment, unless it belongs to somebody else.
            if (!await ExistsAsync(cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
    }

    private async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.HeadBucketAsync(new HeadBucketRequest { BucketName = Name }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.Forbidden)
        {
            // Credentials for objects alone may not ask for the bucket. What follows tells, and with a reason, which HEAD has no body for.
            return true;
        }
    }

    // Other servers know no location, or call it otherwise, and refuse one that they don't know.
    private bool IsAws => options.Endpoint is null || options.Endpoint.Host.EndsWith(AwsDomain, StringComparison.OrdinalIgnoreCase);
}
