using DandelionMl.Imaging;
using DandelionMl.Photos;
using DandelionMl.Storage;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.Tests.Support;

/// <summary>Tests of what users' photos go through, for every database.</summary>
public abstract class UploadSuite(TestDatabase database) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2025, 3, 3, 12, 0, 0, TimeSpan.Zero));

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => database.InitializeAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await database.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A process of its own on the stores of this test.</summary>
    private protected UploadStores Open(
        ReviewOptions? options = null, IImageDecoder? decoder = null, Func<IImageStore, IImageStore>? decorate = null)
    {
        var store = new FolderImageStore(new FolderImageStoreOptions { Root = _folder.Path });
        return new UploadStores(database.Open(), decorate?.Invoke(store) ?? store, Time, options, decoder);
    }
}
