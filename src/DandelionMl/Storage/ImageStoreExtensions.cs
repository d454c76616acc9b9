namespace DandelionMl.Storage;

/// <summary>What any store can do by what <see cref="IImageStore"/> asks of it.</summary>
internal static class ImageStoreExtensions
{
    /// <summary>Reads an object into memory and checks that it is what was put under its hash.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The key.</param>
    /// <param name="sha256">The SHA-256 that the bytes should have, lower-case hexadecimal.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The bytes.</returns>
    /// <exception cref="ObjectNotFoundException">No object has the key.</exception>
    /// <exception cref="ObjectCorruptedException">The bytes have another hash.</exception>
    /// <exception cref="InvalidStorageKeyException">The key is malformed.</exception>
    public static async Task<byte[]> ReadVerifiedAsync(
        this IImageStore store, string key, string sha256, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ContentHash.Check(sha256, nameof(sha256));
        var content = await store.OpenReadAsync(key, cancellationToken).ConfigureAwait(false);
        await using var contentLifetime = content.ConfigureAwait(false);
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
        var bytes = buffer.ToArray();
        var actual = ContentHash.Of(bytes);
        return actual == sha256 ? bytes : throw new ObjectCorruptedException(key, sha256, actual);
    }
}
