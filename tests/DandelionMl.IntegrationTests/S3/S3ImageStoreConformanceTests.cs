using DandelionMl.S3;
using DandelionMl.Storage;
using DandelionMl.Testing.Conformance;

namespace DandelionMl.IntegrationTests.S3;

[Collection(CephTests.Name)]
public sealed class S3ImageStoreConformanceTests(CephServer server) : ImageStoreConformance
{
    private readonly string _bucket = CephServer.NewBucket();
    private readonly List<S3ImageStore> _opened = [];

    public override async ValueTask DisposeAsync()
    {
        _opened.ForEach(store => store.Dispose());
        await base.DisposeAsync();
    }

    protected override IImageStore Open()
    {
        var store = new S3ImageStore(server.Options(_bucket));
        _opened.Add(store);
        return store;
    }
}
