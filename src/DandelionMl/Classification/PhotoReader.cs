using System.Buffers;
using DandelionMl.Imaging;

namespace DandelionMl.Classification;

/// <summary>Reads a photo that comes as a stream.</summary>
internal static class PhotoReader
{
    /// <exception cref="ImageDecodingException">The stream holds more than the bytes accepted; it is not read to its end.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream photo, int maxBytes, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(photo.CanSeek ? (int)Math.Min(photo.Length - photo.Position, maxBytes) : 0);
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int read; (read = await photo.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                buffer.Write(chunk, 0, read);
                if (buffer.Length > maxBytes)
                {
                    throw new ImageDecodingException(
                        ImageDecodingFailure.TooLarge, $"The photo is larger than {maxBytes} bytes, the limit.");
                }
            }

            return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
