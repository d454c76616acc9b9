using DandelionMl.Storage;

namespace DandelionMl.Tests.Support;

/// <summary>Passes every call on.</summary>
internal abstract class StoreDecorator : IImageStore
{
    private readonly IImageStore _inner;

    protected StoreDecorator(IImageStore inner) => _inner = inner;

    public virtual Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default) =>
        _inner.PutAsync(key, content, cancellationToken);

    public virtual Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken = default) =>
        _inner.OpenReadAsync(key, cancellationToken);

    public virtual Task<bool> ExistsAsync(string key, CancellationToken cancellationToken = default) =>
        _inner.ExistsAsync(key, cancellationToken);

    public virtual Task<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        _inner.DeleteAsync(key, cancellationToken);

    public virtual Task CopyAsync(string sourceKey, string destinationKey, CancellationToken cancellationToken = default) =>
        _inner.CopyAsync(sourceKey, destinationKey, cancellationToken);

    public virtual IAsyncEnumerable<StoredObject> ListAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        _inner.ListAsync(prefix, cancellationToken);

    public virtual Uri GetUri(string key) => _inner.GetUri(key);
}
