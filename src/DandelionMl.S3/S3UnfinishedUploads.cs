using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using DandelionMl.Storage;

namespace DandelionMl.S3;

/// <summary>Uploads in parts that were never completed: the server keeps, and charges for, what was sent of them.</summary>
internal sealed class S3UnfinishedUploads(IAmazonS3 client, S3Options options, S3Failures failures)
{
    private const string Kind = "unfinished upload";

    // No key has a question mark.
    private const string UploadId = "?uploadId=";

    // The bucket may be others' too.
    private static readonly string[] Prefixes = [StorageKeys.ModelPrefix, StorageKeys.RawPrefix];

    public async IAsyncEnumerable<Leftover> FindAsync(
        DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var prefix in Prefixes)
        {
            var request = new ListMultipartUploadsRequest { BucketName = options.Bucket, Prefix = prefix };
            ListMultipartUploadsResponse page;
            do
            {
                page = await failures.TranslateAsync(
                    "listing uploads", prefix, () => client.ListMultipartUploadsAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
                foreach (var upload in page.MultipartUploads ?? [])
                {
                    var since = upload.Initiated?.ToUniversalTime() ?? DateTime.UnixEpoch;
                    if (StorageKeys.IsKey(upload.Key) && since <= before)
                    {
                        yield return new Leftover(Kind, upload.Key + UploadId + upload.UploadId, since);
                    }
                }

                (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
            }
            while (page.IsTruncated == true);
        }
    }

    public async Task RemoveAsync(Leftover leftover, CancellationToken cancellationToken)
    {
        var parts = leftover.Name.Split(UploadId, 2);
        if (parts.Length < 2)
        {
            throw new ArgumentException($"'{leftover.Name}' is not an upload.", nameof(leftover));
        }

        try
        {
            await failures.TranslateAsync(
                "ending the upload of",
                parts[0],
                () => client.AbortMultipartUploadAsync(options.Bucket, parts[0], parts[1], cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectNotFoundException)
        {
            // It was completed or ended meanwhile.
        }
    }
}
