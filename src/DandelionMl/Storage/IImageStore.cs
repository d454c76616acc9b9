namespace DandelionMl.Storage;

/// <summary>Keeps the bytes of images and model artifacts under keys, like an object store. Thread-safe; several processes may share
/// one store. What a key holds appears as a whole or not at all, however a write ends.</summary>
/// <remarks>A key is made of segments joined by <c>/</c>, each of letters, digits and <c>. _ - % = +</c>, none empty, <c>.</c> or <c>..</c>,
/// at most 512 characters in all.</remarks>
public interface IImageStore
{
    /// <summary>Writes an object; one that is already under the key is replaced.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">The bytes, read to their end; not disposed.</param>
    /// <param name="cancellationToken">Cancels the write; the key keeps what it had.</param>
    /// <exception cref="InvalidStorageKeyException">The key is malformed.</exception>
    Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default);

    /// <summary>Opens an object for reading, from its start. The caller disposes the stream.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="ObjectNotFoundException">No object has the key.</exception>
    /// <exception cref="InvalidStorageKeyException">The key is malformed.</exception>
    Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Whether there is an object under the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidStorageKeyException">The key is malformed.</exception>
    Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidStorageKeyException">The key is malformed.</exception>
    Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Copies an object to another key; what is already there is replaced.</summary>
    /// <param name="sourceKey">The key to read.</param>
    /// <param name="destinationKey">The key to write.</param>
    /// <param name="cancellationToken">Cancels the copy; the destination keeps what it had.</param>
    /// <exception cref="ObjectNotFoundException">No object has the source key.</exception>
    /// <exception cref="InvalidStorageKeyException">A key is malformed.</exception>
    Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default);

    /// <summary>Lists objects in the order of their keys (ordinal), streaming.</summary>
    /// <param name="prefix">What their keys begin with; empty for all.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix = "", CancellationToken cancellationToken = default);

    /// <summary>The address of an object, kept in the catalog's <c>url_s3</c>. It says where the object is and grants nothing.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="InvalidStorageKeyException">The key is malformed.</exception>
    Uri GetUri(string key);
}

/// <summary>An object in a store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="LastModified">When it was last written, UTC.</param>
public sealed record StoredObject(string Key, long Size, DateTimeOffset LastModified);
