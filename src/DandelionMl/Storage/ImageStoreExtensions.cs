using System.Buffers;
using System.Security.Cryptography;

namespace DandelionMl.Storage;

/// <summary>What any store can do by what <see cref="IImageStore"/> asks of it.</summary>
internal static class ImageStoreExtensions
{
    /// <summary>The most that is read into memory where no size is known, as of a model: 256 MiB.</summary>
    private const int MaxBytes = 256 * 1024 * 1024;

    private const int ChunkSize = 128 * 1024;

    /// <summary>Reads an object into memory and checks that it is what was put under its hash.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The key.</param>
    /// <param name="sha256">The SHA-256 that the bytes should have, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="ObjectNotFoundException">No object has the key.</exception>
    /// <exception cref="ObjectCorruptedException">The bytes have another hash, or are more than 256 MiB.</exception>
    /// <exception cref="InvalidStorageKeyException">The key is malformed.</exception>
    public static Task<byte[]> ReadVerifiedAsync(
        this IImageStore store, string key, string sha256, CancellationToken cancellationToken = default) =>
        store.ReadVerifiedAsync(key, sha256, MaxBytes, cancellationToken);

    /// <inheritdoc cref="ReadVerifiedAsync(IImageStore, string, string, CancellationToken)"/>
    /// <param name="store">The store.</param>
    /// <param name="key">The key.</param>
    /// <param name="sha256">The SHA-256 that the bytes should have, lower-case hexadecimal.</param>
    /// <param name="maxBytes">The most bytes that it may have: a damaged store may send without end.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<byte[]> ReadVerifiedAsync(
        this IImageStore store, string key, string sha256, int maxBytes, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await store.VerifyAsync(key, sha256, maxBytes, chunk => buffer.Write(chunk.Span), cancellationToken).ConfigureAwait(false);
        return buffer.ToArray();
    }

    /// <summary>Reads an object and checks that it is what was put under its hash, without keeping it.</summary>
    /// <inheritdoc cref="ReadVerifiedAsync(IImageStore, string, string, CancellationToken)"/>
    /// <param name="store">The store.</param>
    /// <param name="key">The key.</param>
    /// <param name="sha256">The SHA-256 that the bytes should have, lower-case hexadecimal.</param>
    /// <param name="length">How many bytes it has, as far as is known; null for 256 MiB at most.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static Task VerifyAsync(
        this IImageStore store, string key, string sha256, long? length, CancellationToken cancellationToken) =>
        store.VerifyAsync(key, sha256, length ?? MaxBytes, _ => { }, cancellationToken);

    private static async Task VerifyAsync(
        this IImageStore store, string key, string sha256, long maxBytes, Action<ReadOnlyMemory<byte>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ContentHash.Check(sha256, nameof(sha256));
        var content = await store.OpenReadAsync(key, cancellationToken).ConfigureAwait(false);
        await using var contentLifetime = content.ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        var total = 0L;
        try
        {
            for (int length; (length = await content.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                if ((total += length) > maxBytes)
                {
                    throw new ObjectCorruptedException(key, sha256, $"not known, as it is larger than {maxBytes} bytes");
                }

                hash.AppendData(chunk, 0, length);
                read(chunk.AsMemory(0, length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        var actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (actual != sha256)
        {
            throw new ObjectCorruptedException(key, sha256, actual);
        }
    }
}
