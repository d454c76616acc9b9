using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;

namespace DandelionMl.S3;

/// <summary>Uploads objects, whole up to a threshold and in parts above it.</summary>
/// <remarks>The content is read into a buffer first, because a retry must send the same bytes again and the content may be readable
/// only once. Not more than the threshold is held.</remarks>
internal sealed class S3Upload(IAmazonS3 client, S3Options options, S3Failures failures)
{
    private const int FirstBuffer = 128 * 1024;

    public async Task RunAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        // Bytes that are in memory already can be sent again from there. A derived class may read in its own way.
        if (content.GetType() == typeof(MemoryStream) && content.Length - content.Position <= options.MultipartThreshold)
        {
            await PutAsync(key, content, cancellationToken).ConfigureAwait(false);
            return;
        }

        var remaining = content.CanSeek ? content.Length - content.Position : (long?)null;
        var inParts = remaining > options.MultipartThreshold;
        var buffer = ArrayPool<byte>.Shared.Rent(inParts ? options.PartSize : (int)(remaining ?? FirstBuffer) + 1);
        try
        {
            // One byte more than the threshold tells that there is more.
            var length = 0;
            while (!inParts)
            {
                var room = Math.Min(buffer.Length, options.MultipartThreshold + 1);
                length += await FillAsync(content, buffer.AsMemory(length..room), cancellationToken).ConfigureAwait(false);
                if (length < room)
                {
                    using var whole = new MemoryStream(buffer, 0, length, writable: false);
                    await PutAsync(key, whole, cancellationToken).ConfigureAwait(false);
                    return;
                }

                inParts = length > options.MultipartThreshold;
                if (!inParts)
                {
                    buffer = Grow(buffer);
                }
            }

            await new S3MultipartUpload(client, options, failures, key).RunAsync(buffer, length, content, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads until the buffer is full or the content at its end.</summary>
    public static ValueTask<int> FillAsync(Stream content, Memory<byte> buffer, CancellationToken cancellationToken) =>
        content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private async Task PutAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        var response = await failures.TranslateAsync(
            "writing",
            key,
            () => client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = options.Bucket,
                    Key = key,
                    InputStream = content,
                    AutoCloseStream = false,
                    AutoResetStreamPosition = false,

                    // One signature over the whole, whose hash the server checks, for one over each piece: cheaper, and known to more servers.
                    UseChunkEncoding = false,
                },
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
        failures.CheckStored(response.ETag, "writing", key);
    }
}
