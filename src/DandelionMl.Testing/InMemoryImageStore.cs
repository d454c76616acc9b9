using System.Runtime.CompilerServices;
using DandelionMl.Storage;

namespace DandelionMl.Testing;

/// <summary>An <see cref="IImageStore"/> in memory, for tests. It keeps the whole contract, and passes
/// <see cref="Conformance.ImageStoreConformance"/>.</summary>
/// <param name="time">Gives the times of writing; null for the machine's clock.</param>
public sealed class InMemoryImageStore(TimeProvider? time = null) : IImageStore
{
    private readonly MemoryTransactions _transactions = new();
    private readonly SortedDictionary<string, Kept> _objects = new(StringComparer.Ordinal);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public async Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        StorageKeys.Validate(key);
        ArgumentNullException.ThrowIfNull(content);

        // All of it first: a stream that breaks leaves the key as it is.
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
        var kept = new Kept(buffer.ToArray(), _time.GetUtcNow());
        await _transactions.RunAsync(() => _objects[key] = kept, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync<Stream>(() => new MemoryStream(Find(key).Bytes, writable: false), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => _objects.ContainsKey(Valid(key)), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(() => _objects.Remove(Valid(key)), cancellationToken);

    /// <inheritdoc/>
    public Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default) =>
        _transactions.RunAsync(
            () => _objects[Valid(destinationKey)] = Find(sourceKey) with { LastModified = _time.GetUtcNow() }, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Lists what was there when the listing began.</remarks>
    public async IAsyncEnumerable<StoredObject> ListAsync(
        string prefix = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        foreach (var found in await _transactions.RunAsync(() => List(prefix), cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return found;
        }
    }

    /// <inheritdoc/>
    public Uri GetUri(string key) =>
        new($"memory:///{string.Join('/', Valid(key).Split('/').Select(Uri.EscapeDataString))}");

    private static string Valid(string key)
    {
        StorageKeys.Validate(key);
        return key;
    }

    private Kept Find(string key) => _objects.GetValueOrDefault(Valid(key)) ?? throw new ObjectNotFoundException(key);

    private List<StoredObject> List(string prefix) =>
    [
        .. _objects.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(item => new StoredObject(item.Key, item.Value.Bytes.Length, item.Value.LastModified)),
    ];

    private sealed record Kept(byte[] Bytes, DateTimeOffset LastModified);
}
