using DandelionMl.Storage;

namespace DandelionMl.Tests.Support;

internal sealed class CountingStore(IImageStore inner) : StoreDecorator(inner)
{
    private int _puts;

    public int Puts => _puts;

    public override Task PutAsync(string key, Stream content, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _puts);
        return base.PutAsync(key, content, cancellationToken);
    }
}
