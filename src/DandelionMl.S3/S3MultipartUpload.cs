using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace DandelionMl.S3;

/// <summary>Uploads one object in parts; it appears when all of them are there.</summary>
internal sealed class S3MultipartUpload(IAmazonS3 client, S3Options options, S3Failures failures, string key)
{
    private const string Writing = "writing";

    // Kept with the object, so that it tells which upload it is of.
    private const string UploadMark = "upload";

    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private readonly string _mark = Guid.NewGuid().ToString("N");

    /// <param name="buffer">Has room for a part at least.</param>
    /// <param name="length">How much of the content it already holds.</param>
    /// <param name="content">The rest of the content.</param>
    /// <param name="cancellationToken">Cancels the upload.</param>
    public async Task RunAsync(byte[] buffer, int length, Stream content, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = key };
        request.Metadata[UploadMark] = _mark;
        var started = await failures.TranslateAsync(
            Writing, key, () => client.InitiateMultipartUploadAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        try
        {
            var parts = new List<PartETag>();
            while (true)
            {
                if (length < options.PartSize)
                {
                    length += await S3Upload.FillAsync(content, buffer.AsMemory(length..options.PartSize), cancellationToken).ConfigureAwait(false);
                }

                if (length == 0)
                {
                    break;
                }

                var size = Math.Min(length, options.PartSize);
                using var part = new MemoryStream(buffer, 0, size, writable: false);
                parts.Add(await PutPartAsync(started.UploadId, parts.Count + 1, part, cancellationToken).ConfigureAwait(false));
                length -= size;
                Buffer.BlockCopy(buffer, size, buffer, 0, length);
            }

            await failures.TranslateAsync(
                Writing, key, () => CompleteAsync(started.UploadId, parts, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortAsync(started.UploadId).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<PartETag> PutPartAsync(string uploadId, int number, MemoryStream content, CancellationToken cancellationToken)
    {
        var request = new UploadPartRequest
        {
            BucketName = options.Bucket,
            Key = key,
            UploadId = uploadId,
            PartNumber = number,
            PartSize = content.Length,
            InputStream = content,
            UseChunkEncoding = false,
        };
        var response = await failures.TranslateAsync(
            Writing, key, () => client.UploadPartAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        failures.CheckStored(response.ETag, Writing, key);
        return new PartETag(number, response.ETag);
    }

    private async Task<bool> CompleteAsync(string uploadId, List<PartETag> parts, CancellationToken cancellationToken)
    {
        try
        {
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = uploadId, PartETags = parts },
                cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            // A retry finds no upload where the answer to the first try was lost: then the object is there and bears the mark.
            if (!await IsCompletedAsync(cancellationToken).ConfigureAwait(false))
            {
                throw failures.Unavailable($"{Writing} '{key}'", "the server lost the upload before it ended.");
            }
        }

        return true;
    }

    private async Task<bool> IsCompletedAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.GetObjectMetadataAsync(options.Bucket, key, cancellationToken).ConfigureAwait(false);
            return found.Metadata[UploadMark] == _mark;
        }
        catch (AmazonS3Exception exception) when (S3Failures.IsMissing(exception))
        {
            return false;
        }
    }

    // Not cancelled with the upload: the server keeps, and charges for, the parts of an upload that nobody ends.
    private async Task AbortAsync(string uploadId)
    {
        using var timeout = new CancellationTokenSource(AbortTimeout);
        try
        {
            await client.AbortMultipartUploadAsync(options.Bucket, key, uploadId, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (S3Failures.IsFailure(exception, CancellationToken.None))
        {
            // What made the upload fail is what the caller should see. A lifecycle rule of the bucket can remove what is left.
        }
    }
}
