using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace DandelionMl.S3;

/// <summary>Reads an object as it arrives, and goes on where it was when the connection breaks or nothing comes any more.</summary>
/// <param name="client">Asks again.</param>
/// <param name="failures">Names failures.</param>
/// <param name="request">What the response answers.</param>
/// <param name="response">The response, owned by this stream.</param>
/// <param name="timeout">The longest wait for a byte.</param>
internal sealed class S3ObjectStream(
    IAmazonS3 client, S3Failures failures, GetObjectRequest request, GetObjectResponse response, TimeSpan timeout) : Stream
{
    private const string Reading = "reading";

    // Without a byte in between: an object of any size is read over a connection that breaks from time to time.
    private const int MostBreaks = 3;

    private readonly long _length = response.ContentLength;
    private GetObjectResponse _response = response;
    private long _position;
    private int _breaks;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0 && _position < _length)
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(timeout);
                var read = await _response.ResponseStream.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
                if (read > 0)
                {
                    _position += read;
                    _breaks = 0;
                    return read;
                }

                throw new EndOfStreamException($"The connection ended after {_position} of {_length} bytes.");
            }
            catch (Exception exception) when (S3Failures.IsFailure(exception, cancellationToken))
            {
                if (++_breaks > MostBreaks)
                {
                    throw failures.Unavailable($"{Reading} '{request.Key}'", exception);
                }

                await ReopenAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close(_response);
        }

        base.Dispose(disposing);
    }

    private async Task ReopenAsync(CancellationToken cancellationToken)
    {
        request.ByteRange = new ByteRange(_position, _length - 1);
        var reopened = await failures.TranslateAsync(
            Reading, request.Key, () => client.GetObjectAsync(request, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (reopened.ETag != _response.ETag)
        {
            Close(reopened);
            throw failures.Unavailable($"{Reading} '{request.Key}'", "the connection broke, and the object has been replaced since.");
        }

        Close(_response);
        _response = reopened;
    }

    // On disposal the SDK compares an MD5 where the server gave one. That comes too late for the reader and would hide what the reader
    // found: bytes that must be right are verified by their SHA-256.
    private static void Close(GetObjectResponse response)
    {
        try
        {
            response.Dispose();
        }
        catch (AmazonClientException)
        {
        }
    }
}
